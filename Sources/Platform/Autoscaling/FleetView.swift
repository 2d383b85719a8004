/// One service as its policy sees it.
package struct FleetView: Sendable {
    package var limits: ScalingLimits
    package var queue: QueuedWork
    /// Starting, ready and draining instances; no others.
    package var instances: [InstanceView]
    /// Instances that placement could start now, beside those that there are.
    package var roomForMore: Int
    /// The last time at which a request was running, queued or woke the service.
    package var lastActivity: Duration
    /// A warm schedule holds, or somebody asked to wake the service: at least one instance, whatever the load.
    package var isKeptWarm: Bool
    /// The tier of the next start.
    package var nextTier: StartTier

    package init(
        limits: ScalingLimits, queue: QueuedWork = QueuedWork(), instances: [InstanceView] = [],
        roomForMore: Int = .max, lastActivity: Duration = .zero, isKeptWarm: Bool = false, nextTier: StartTier = .cold
    ) {
        self.limits = limits
        self.queue = queue
        self.instances = instances
        self.roomForMore = roomForMore
        self.lastActivity = lastActivity
        self.isKeptWarm = isKeptWarm
        self.nextTier = nextTier
    }
}

/// The bounds that a service's owner set.
package struct ScalingLimits: Sendable, Equatable {
    package var minimum: Int
    package var maximum: Int
    /// Requests that one instance should serve at a time.
    package var target: Double
    /// How long without activity until nothing runs.
    package var idle: Duration
    /// How long fewer instances must have sufficed before one is let go.
    package var scaleDownDelay: Duration
    /// Requests that one instance can serve at a time; nil: as many as make `target` 70 % of them.
    package var concurrency: Int?

    /// Requests that one instance takes.
    var slots: Int { concurrency ?? Int(min(max(target / 0.7, 1), 1e6).rounded(.up)) }

    package init(
        minimum: Int, maximum: Int, target: Double, idle: Duration, scaleDownDelay: Duration, concurrency: Int? = nil
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.target = target
        self.idle = idle
        self.scaleDownDelay = scaleDownDelay
        self.concurrency = concurrency
    }
}

/// Requests that wait in the activator.
package struct QueuedWork: Sendable, Equatable {
    package var requests: Int
    package var promptTokens: Int
    /// Sum of `maximumTokens` × `choices`.
    package var maximumTokens: Int
    package var oldestWait: Duration

    package init(requests: Int = 0, promptTokens: Int = 0, maximumTokens: Int = 0, oldestWait: Duration = .zero) {
        self.requests = requests
        self.promptTokens = promptTokens
        self.maximumTokens = maximumTokens
        self.oldestWait = oldestWait
    }
}

/// One instance as the policy sees it.
package struct InstanceView: Sendable, Equatable {
    package enum Phase: Sendable, Equatable {
        case starting(since: Duration, tier: StartTier)
        case ready
        case draining
    }
    package var number: Int
    package var phase: Phase
    package var inFlight: Int
    /// Prompt tokens of requests that have given no token yet.
    package var pendingPromptTokens: Int
    /// Tokens given so far by the requests in flight, and the most that they may still give.
    package var generatedTokens: Int
    package var remainingTokens: Int

    package init(
        number: Int, phase: Phase, inFlight: Int = 0, pendingPromptTokens: Int = 0, generatedTokens: Int = 0,
        remainingTokens: Int = 0
    ) {
        self.number = number
        self.phase = phase
        self.inFlight = inFlight
        self.pendingPromptTokens = pendingPromptTokens
        self.generatedTokens = generatedTokens
        self.remainingTokens = remainingTokens
    }
}

/// How many instances there should be, and why.
package struct ScalingDecision: Sendable, Equatable {
    package var desired: Int
    /// One sentence with the numbers that it rests on, for `pronk explain` and the log.
    package var reason: String
    /// When to ask again at the latest; nil: when something changes.
    package var nextCheck: Duration?

    package init(desired: Int, reason: String, nextCheck: Duration? = nil) {
        self.desired = desired
        self.reason = reason
        self.nextCheck = nextCheck
    }
}
