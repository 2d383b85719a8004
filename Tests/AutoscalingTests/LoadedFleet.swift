import Autoscaling

/// A service under a load that the test sets, asked as the control plane would ask.
struct LoadedFleet<Policy: ScalingPolicy> {
    var policy: Policy
    var limits = ScalingLimits(minimum: 0, maximum: 100, target: 10, idle: .seconds(600), scaleDownDelay: .zero)
    var ready = 0
    var starting = 0
    var running = 0
    var queued = 0
    var isKeptWarm = false
    var now = Duration.zero
    var lastActivity = Duration.zero

    init(_ policy: Policy) { self.policy = policy }

    var view: FleetView {
        var instances = (0..<ready).map { InstanceView(number: $0, phase: .ready) }
        for index in 0..<running where ready > 0 { instances[index % ready].inFlight += 1 }
        for index in 0..<starting {
            instances.append(InstanceView(number: ready + index, phase: .starting(since: now, tier: .warm)))
        }
        return FleetView(
            limits: limits,
            queue: QueuedWork(requests: queued, promptTokens: 500 * queued, maximumTokens: 512 * queued),
            instances: instances, lastActivity: running + queued > 0 ? now : lastActivity, isKeptWarm: isKeptWarm)
    }

    @discardableResult
    mutating func ask() -> ScalingDecision {
        if running + queued > 0 { lastActivity = now }
        return policy.decide(view, now: now)
    }

    /// Asks every two seconds for `seconds`, and gives the last answer.
    @discardableResult
    mutating func run(_ seconds: Int) -> ScalingDecision {
        var decision = ask()
        for _ in 0..<max(1, seconds / 2) {
            now += .seconds(2)
            decision = ask()
        }
        return decision
    }
}
