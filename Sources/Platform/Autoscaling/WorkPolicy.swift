internal import Glibc

/// Pronk's own decider: it works in tokens, knows how long a start takes, and keeps the room that the traffic needs.
///
/// | question | answer |
/// | --- | --- |
/// | how many requests when an instance asked for now is ready? | `QueueForecast`, from what `ServiceRates` learnt |
/// | how many slots do they need? | `Headroom`: more after requests waited, less while none does |
/// | is a start worth it? | not if the present instances, those that start included, drain the queue by then |
/// | when is one let go? | when fewer sufficed all through the hold that `HoldTime` learnt |
/// | when the last one? | `idle` after the last activity |
///
/// Its whole state is `Codable`: a restart changes nothing.
package struct WorkPolicy: ScalingPolicy, Codable, Equatable {
    package private(set) var starts = StartHistory()
    private var rates = ServiceRates()
    private var arrivals = ArrivalRate()
    private var headroom = Headroom()
    private var needs = MaximumWindow()
    private var holdTime = HoldTime()
    /// Whether an instance was ready when last asked: what waits for the first one does not tell of too little room.
    private var wasServing = false

    package init() {}

    package mutating func record(_ event: LoadEvent, now: Duration) {
        switch event {
        case .arrived(let size):
            arrivals.add(now: seconds(now))
            rates.record(size)
        case .dispatched(let waited):
            guard wasServing else { return }
            headroom.record(
                waited: waited, objective: .seconds(rates.seconds(neighbours: 0) * Limits.waitObjective))
        case .finished(let cost): rates.record(cost)
        case .instanceReady(let duration, let tier): starts.record(duration, tier: tier)
        case .instanceFailed: return
        }
    }

    package mutating func decide(_ fleet: FleetView, now: Duration) -> ScalingDecision {
        let ready = fleet.instances.filter { $0.phase == .ready }
        let present = fleet.instances.count { $0.phase != .draining }
        let running = ready.reduce(0) { $0 + $1.inFlight }
        wasServing = !ready.isEmpty
        rates.observe(runningTokens: fleet.instances.reduce(0) { $0 + tokens($1.generatedTokens) })
        let least = max(fleet.limits.minimum, fleet.isKeptWarm ? 1 : 0)
        let isIdle = fleet.queue.requests == 0 && running == 0 && now - fleet.lastActivity >= fleet.limits.idle
        if isIdle {
            needs.reset()
            let desired = bounded(0, least: least, fleet.limits)
            return ScalingDecision(
                desired: desired, reason: "Nothing was asked for \(whole(fleet.limits.idle)) s.",
                nextCheck: nil)
        }
        let startSeconds = (starts.estimate(tier: fleet.nextTier) ?? Limits.presumedStart) / .seconds(1)
        let forecast = forecast(fleet, ready: ready, now: now)
        let expected = forecast.requests(after: startSeconds)
        let slots = headroom.slots(
            for: expected, certain: exp(-startSeconds / rates.seconds(neighbours: 0)))
        var needed = Int(min((slots / forecast.concurrency).rounded(.up), Limits.mostInstances))
        needed = min(max(needed, forecast.requests > 0 ? 1 : 0), max(0, fleet.limits.maximum))
        holdTime.record(needed: needed, startSeconds: startSeconds, now: seconds(now))
        let hold = max(fleet.limits.scaleDownDelay, .seconds(holdTime.seconds))
        let held = max(needs.record(needed, now: now, span: hold), present > 0 ? 1 : 0)
        let desired = bounded(held, least: least, fleet.limits)
        return ScalingDecision(
            desired: desired,
            reason:
                "\(rounded(expected)) requests expected in \(rounded(startSeconds)) s, when a start would be ready: "
                + "\(rounded(slots)) slots of \(rounded(forecast.concurrency)) an instance"
                + (held > needed ? "; \(held) were needed within \(whole(hold)) s" : "") + ".",
            nextCheck: nextCheck(fleet, desired: desired, isBusy: forecast.requests > 0, now: now))
    }

    /// Without requests and with one instance at most there is only the idle time to wait for.
    private func nextCheck(_ fleet: FleetView, desired: Int, isBusy: Bool, now: Duration) -> Duration? {
        if isBusy || desired > max(1, fleet.limits.minimum) { return now + Limits.checkInterval }
        return desired == 0 ? nil : max(fleet.lastActivity + fleet.limits.idle, now + Limits.checkInterval)
    }

    private func forecast(_ fleet: FleetView, ready: [InstanceView], now: Duration) -> QueueForecast {
        let running = ready.reduce(0) { $0 + max(0, $1.inFlight) }
        let concurrency = Double(max(1, fleet.limits.slots))
        var readyIn: [Double] = []
        for instance in fleet.instances {
            guard case .starting(let since, let tier) = instance.phase else { continue }
            let remaining = starts.progress(elapsed: now - since, tier: tier)?.remaining ?? Limits.presumedStart
            readyIn.append(remaining / .seconds(1))
        }
        return QueueForecast(
            requests: Double(max(0, fleet.queue.requests)) + Double(running),
            arrivalsPerSecond: arrivals.perSecond(now: seconds(now)), relativeSize: relativeSize(fleet.queue, running),
            rates: rates, concurrency: concurrency,
            ready: Double(ready.count), readyIn: readyIn)
    }

    /// The work of the present requests over that of as many of the mean size: what waits is known in tokens.
    private func relativeSize(_ queue: QueuedWork, _ running: Int) -> Double {
        let waiting = Double(queue.requests)
        guard waiting > 0 else { return 1 }
        let size = rates.relativeSize(
            promptTokens: Double(max(0, queue.promptTokens)) / waiting,
            maximumTokens: Double(max(0, queue.maximumTokens)) / waiting)
        return (Double(running) + waiting * size) / (Double(running) + waiting)
    }

    private func bounded(_ desired: Int, least: Int, _ limits: ScalingLimits) -> Int {
        max(0, min(max(desired, least), limits.maximum))
    }

    private func tokens(_ count: Int) -> Double { Double(min(max(count, 0), Limits.mostTokens)) }
    private func seconds(_ time: Duration) -> Double { min(time, Limits.latestTime) / .seconds(1) }
    private func whole(_ time: Duration) -> Int { Int(min(time, Limits.latestTime) / .seconds(1)) }
    private func rounded(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
