package import Autoscaling

/// What a replay is given beside the trace and the policy.
package struct ReplaySettings: Sendable, Equatable {
    package var limits: ScalingLimits
    package var model = ServiceModel()
    package var seed: UInt64 = 1
    /// What every request's `max_tokens` is said to be. A trace tells what was generated, which no policy may know.
    package var maximumTokens = 2048

    package init(limits: ScalingLimits) { self.limits = limits }
}

/// Replays a trace through a policy under a virtual clock.
///
/// Requests wait in a bounded queue, first come first served, and go to the ready instance that has room and the
/// fewest requests. What is let go first is what still starts, the youngest first, then what has the fewest requests;
/// it takes no more and ends when its requests have ended. The policy is asked after every arrival, every change of the
/// queue and every start, and when it wished to be.
package struct TraceReplay {
    private let requests: [TracedRequest]
    private let settings: ReplaySettings
    private var policy: any ScalingPolicy
    private var now = 0.0
    private var arrived = 0
    private var queue: [Int] = []
    private var queueHead = 0
    private var instances: [SimulatedInstance] = []
    private var nextCheck: Duration?
    /// `now` as the policy sees it. It never runs back, and reaches what the policy waits for in spite of rounding.
    private var duration = Duration.zero
    private var lastActivity = 0.0
    private var isChanged = true
    private var tally: ReplayTally
    private var startsSinceArrival = 0

    package static func run(
        _ trace: Trace, policy: any ScalingPolicy, named name: String, settings: ReplaySettings
    ) -> ReplayResult {
        var replay = TraceReplay(trace, policy: policy, settings: settings)
        replay.run()
        return replay.tally.result(policy: name)
    }

    private init(_ trace: Trace, policy: any ScalingPolicy, settings: ReplaySettings) {
        requests = trace.requests
        self.policy = policy
        self.settings = settings
        tally = ReplayTally(trace, model: settings.model)
    }

    private var waiting: Int { queue.count - queueHead }

    private mutating func run() {
        while let next = nextEvent() {
            now = max(now, next)
            duration = max(duration, .seconds(now))
            let isDue = nextCheck.map { $0 / .seconds(1) <= now } ?? false
            if isDue, let nextCheck { duration = max(duration, nextCheck) }
            work()
            admit()
            dispatch()
            if isChanged || isDue { decide() }
        }
        tally.end(instances, now: now)
    }

    /// The time of whatever comes next. Nil when all requests have ended and no instance is left, or only such as the
    /// policy keeps for good.
    private func nextEvent() -> Double? {
        var next = arrived < requests.count ? requests[arrived].arrival : Double.infinity
        for instance in instances {
            if case .starting(let readyAt) = instance.phase { next = min(next, readyAt) }
            if let event = instance.nextEvent(settings.model) { next = min(next, event) }
        }
        let isOver = arrived == requests.count && waiting == 0 && instances.allSatisfy { $0.running.isEmpty }
        if isOver && (instances.isEmpty || now > lastActivity + settings.limits.longestTail) { return nil }
        if let nextCheck { next = min(next, max(nextCheck / .seconds(1), now)) }
        return next.isFinite ? next : nil
    }

    private mutating func work() {
        for index in instances.indices {
            if case .starting(let readyAt) = instances[index].phase, readyAt <= now {
                instances[index].phase = .ready
                _ = instances[index].advance(to: now, model: settings.model)
                let took = now - instances[index].startedAt
                tally.ready(instances[index], waiting: queue[queueHead...])
                policy.record(.instanceReady(after: .seconds(took), tier: .warm), now: duration)
                isChanged = true
            }
            for ended in instances[index].advance(to: now, model: settings.model) { finish(ended) }
        }
        instances.removeAll { instance in
            guard instance.phase == .draining, instance.running.isEmpty else { return false }
            tally.ended(instance, now: now)
            return true
        }
    }

    private mutating func finish(_ ended: SimulatedInstance.Running) {
        let request = requests[ended.index]
        let firstToken = ended.firstTokenAt ?? now
        tally.finished(ended.index, firstTokenAt: firstToken, now: now)
        lastActivity = now
        policy.record(
            .finished(
                RequestCost(
                    promptTokens: request.promptTokens, generatedTokens: request.generatedTokens,
                    timeToFirstToken: .seconds(firstToken - ended.handedOverAt),
                    duration: .seconds(now - ended.handedOverAt), concurrency: ended.concurrency)),
            now: duration)
    }

    private mutating func admit() {
        while arrived < requests.count, requests[arrived].arrival <= now {
            defer { arrived += 1 }
            startsSinceArrival = 0
            isChanged = true
            guard waiting < Limits.queuedRequests else {
                tally.refused(arrived)
                continue
            }
            queue.append(arrived)
            lastActivity = now
            let request = requests[arrived]
            policy.record(
                .arrived(RequestSize(promptTokens: request.promptTokens, maximumTokens: settings.maximumTokens)),
                now: duration)
        }
    }

    private mutating func dispatch() {
        while waiting > 0 {
            var best: Int?
            for index in instances.indices
            where instances[index].phase == .ready && instances[index].running.count < settings.model.concurrency {
                if let best, instances[best].running.count <= instances[index].running.count { continue }
                best = index
            }
            guard let best else { break }
            let request = queue[queueHead]
            queueHead += 1
            instances[best].add(request, requests[request], model: settings.model, now: now)
            tally.handedOver(request, now: now)
            policy.record(.dispatched(waited: .seconds(now - requests[request].arrival)), now: duration)
            isChanged = true
        }
        if queueHead > 1024, queueHead * 2 > queue.count {
            queue.removeFirst(queueHead)
            queueHead = 0
        }
    }

    private mutating func decide() {
        isChanged = false
        let decision = policy.decide(view(), now: duration)
        nextCheck = decision.nextCheck
        let present = instances.count { $0.phase != .draining }
        let desired = min(max(decision.desired, 0), Limits.instances)
        if desired > present {
            for _ in present..<desired { start() }
        } else if desired < present {
            for _ in desired..<present { letGo() }
        }
        tally.present(max(desired, 0))
    }

    private func view() -> FleetView {
        var work = QueuedWork(requests: waiting)
        for index in queue[queueHead...] { work.promptTokens += requests[index].promptTokens }
        work.maximumTokens = waiting * settings.maximumTokens
        if waiting > 0 { work.oldestWait = .seconds(now - requests[queue[queueHead]].arrival) }
        let isActive = waiting > 0 || instances.contains { !$0.running.isEmpty }
        var limits = settings.limits
        limits.concurrency = settings.model.concurrency
        return FleetView(
            limits: limits, queue: work,
            instances: instances.map {
                $0.view(requests, model: settings.model, maximumTokens: settings.maximumTokens)
            },
            lastActivity: .seconds(isActive ? now : lastActivity), nextTier: .warm)
    }

    private mutating func start() {
        let seconds = settings.model.startSeconds(seed: settings.seed, arrivals: arrived, ordinal: startsSinceArrival)
        startsSinceArrival += 1
        let isCold = instances.allSatisfy { $0.phase == .draining }
        let number = tally.started(isCold: isCold, now: now)
        instances.append(SimulatedInstance(number: number, startedAt: now, readyAt: now + seconds))
    }

    private mutating func letGo() {
        var victim: Int?
        for index in instances.indices where instances[index].phase != .draining {
            guard let best = victim else {
                victim = index
                continue
            }
            if Self.rank(instances[index]) <= Self.rank(instances[best]) { victim = index }
        }
        guard let victim else { return }
        tally.letGo(now: now)
        if instances[victim].running.isEmpty {
            tally.ended(instances[victim], now: now)
            instances.remove(at: victim)
        } else {
            instances[victim].phase = .draining
        }
    }

    /// What still starts goes first; then by load.
    private static func rank(_ instance: SimulatedInstance) -> Int {
        if case .starting = instance.phase { return -1 }
        return instance.running.count
    }
}

extension ScalingLimits {
    /// How long after the last request instances may still be let go, in seconds, before a replay takes them to stay.
    fileprivate var longestTail: Double { max(0, idle / .seconds(1)) * 2 + 600 }
}
