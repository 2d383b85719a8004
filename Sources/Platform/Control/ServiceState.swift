internal import Autoscaling
package import Observability
internal import Routing

/// Everything about one service: its queue, its instances, and what decides about them.
struct ServiceState: Sendable {
    /// Why a service is awake without a request.
    enum WakeHold: Sendable, Equatable {
        case none
        /// Until an instance is ready, and then for the idle time.
        case untilReady
        case until(Duration)
    }
    var settings: ServiceSettings
    var policy: any ScalingPolicy
    var queue = FairQueue<RequestID>()
    var queued = QueuedWork()
    var pool: InstancePool
    var instances: [Instance] = []
    var backoff = RestartBackoff()
    var starts: StartHistory
    var nextNumber: Int
    /// No longer configured. Its place stays, so that its numbers go on if it comes back.
    var isRetired = false
    /// By an administrator: nothing runs and nothing is taken until it is started again.
    var isStopped = false
    var isScheduledWarm = false
    var wakeHold = WakeHold.none
    var lastActivity: Duration
    /// Since when no instance is ready and healthy; nil while one is.
    var noneReadySince: Duration?
    /// When the last instance that had been ready ended.
    var lastEnd: Duration?
    /// Since when an instance that it needs has no room.
    var blockedSince: Duration?
    var decision = ScalingDecision(desired: 0, reason: "nothing was decided yet")
    var decidedAt: Duration?
    /// When the policy is asked next.
    var lookAt: Duration?
    /// When something is due for one of the instances. Kept, because it is asked for with every request.
    var expiry: Duration?
    var totals = ServiceTotals()

    init(_ settings: ServiceSettings, policy: any ScalingPolicy, now: Duration) {
        self.settings = settings
        self.policy = policy
        starts = (policy as? WorkPolicy)?.starts ?? StartHistory()
        pool = InstancePool(concurrency: settings.instanceConcurrency)
        nextNumber = settings.firstInstance
        lastActivity = now
        noneReadySince = now
    }

    func index(of number: Int) -> Int? { instances.firstIndex { $0.number == number } }
    func id(_ number: Int) -> InstanceID { InstanceID(service: settings.name, number: number) }

    /// Where an instance that gets requests is spoken to. It has said so before it became eligible.
    func endpoint(of number: Int) -> Endpoint {
        index(of: number).flatMap { instances[$0].endpoint } ?? Endpoint(address: .unix(path: ""))
    }

    /// Starting, and ready and healthy, instances.
    var serving: Int { instances.reduce(0) { $0 + ($1.counts ? 1 : 0) } }
    /// All that are there, of the present settings: those of older ones do not count against the maximum, or replacing
    /// a busy one would make requests wait for its streams' ends.
    var ofThisRevision: Int { instances.reduce(0) { $0 + ($1.revision == settings.revision ? 1 : 0) } }
    var starting: Int { instances.reduce(0) { $0 + ($1.life.state == .starting ? 1 : 0) } }
    var maximum: Int { settings.isRemote ? 1 : max(1, settings.limits.maximum) }
    var isInUse: Bool { !queue.isEmpty || pool.members.contains { $0.inFlight > 0 } }

    func isKeptAwake(_ now: Duration) -> Bool {
        switch wakeHold {
        case .none: isScheduledWarm
        case .untilReady: true
        case .until(let end): isScheduledWarm || now < end
        }
    }

    /// The fewest instances that the contract allows, whatever a policy says.
    func floor(now: Duration) -> Int {
        let needsOne = isInUse || isKeptAwake(now) || settings.isRemote
        return min(maximum, max(settings.limits.minimum, needsOne ? 1 : 0))
    }

    /// The page cache likely holds the weights.
    func nextTier(_ now: Duration) -> StartTier {
        if instances.contains(where: { $0.readyAt != nil }) { return .warm }
        guard let lastEnd else { return .cold }
        return now - lastEnd < Limits.pagesStay ? .warm : .cold
    }

    /// The service as its policy sees it. Unhealthy instances are left out: they serve nobody.
    func fleet(roomForMore: Int, oldestWait: Duration, now: Duration) -> FleetView {
        var queued = queued
        queued.oldestWait = oldestWait
        return FleetView(
            limits: settings.limits, queue: queued,
            instances: instances.compactMap { instance in
                let phase: InstanceView.Phase
                switch instance.life.state {
                case .starting: phase = .starting(since: instance.launchedAt, tier: instance.tier)
                case .ready where instance.unhealthySince == nil: phase = .ready
                case .draining: phase = .draining
                case .ready, .stopped, .failed: return nil
                }
                let load = pool[instance.number]
                return InstanceView(
                    number: instance.number, phase: phase, inFlight: load?.inFlight ?? 0,
                    pendingPromptTokens: load?.pendingPromptTokens ?? 0, generatedTokens: load?.generatedTokens ?? 0,
                    remainingTokens: load?.remainingTokens ?? 0)
            },
            roomForMore: roomForMore, lastActivity: lastActivity, isKeptWarm: isKeptAwake(now),
            nextTier: nextTier(now))
    }

    /// Asks the policy at `time` at the latest.
    mutating func look(at time: Duration) { lookAt = min(lookAt ?? time, time) }
}

/// What a service did since the platform started, for metrics.
package struct ServiceTotals: Sendable {
    package var arrived = 0
    package var finished = 0
    package var retries = 0
    package var launched = 0
    /// Starts that failed, and instances that ended unasked or had to be ended.
    package var failedStarts = 0
    package var crashes = 0
    package var evictions = 0
    package var refused: [RequestFailure.Code: Int] = [:]
    package var usage = TokenUsage()
    /// Seconds from the launch to readiness.
    package var coldStarts = Histogram(bounds: Limits.coldStartBounds)
    /// Seconds in the queue, of requests that had to wait.
    package var waits = Histogram(bounds: Limits.waitBounds)

    package init() {}
}

extension TokenUsage {
    static func += (a: inout Self, b: Self) {
        a.prompt += b.prompt
        a.cached += b.cached
        a.generated += b.generated
        a.wasted += b.wasted
    }
}

extension ServiceSettings {
    /// How long an instance may start before it is taken to hang.
    var longestStart: Duration { coldStartTimeout * Limits.startsPerColdStart }
}
