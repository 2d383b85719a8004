import Autoscaling
import TestSupport

/// Wants any number of instances at any time, as long as anything is asked of the service: what the control plane
/// promises may not hang on a policy's reason.
struct WildPolicy: ScalingPolicy {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func record(_ event: LoadEvent, now: Duration) {}

    mutating func decide(_ fleet: FleetView, now: Duration) -> ScalingDecision {
        let isIdle =
            fleet.queue.requests == 0 && fleet.instances.allSatisfy { $0.inFlight == 0 }
            && now - fleet.lastActivity >= fleet.limits.idle
        let next: Duration? =
            random.chance(500) ? nil : now + .milliseconds(Int.random(in: -5...3000, using: &random))
        return isIdle
            ? ScalingDecision(desired: 0, reason: "idle")
            : ScalingDecision(desired: Int.random(in: -1...6, using: &random), reason: "wild", nextCheck: next)
    }
}
