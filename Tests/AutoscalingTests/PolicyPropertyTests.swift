import Autoscaling
import TestSupport
import Testing

@Suite("What holds for every decider")
struct PolicyPropertyTests {
    private static let durations: [Duration] = [
        .zero, .milliseconds(1), .seconds(1), .seconds(59), .seconds(3600), .seconds(-5), .seconds(Int64.max / 4),
    ]
    private static let counts = [0, 1, 2, 7, 100, 1_000_000, Int.max / 1024, -1]

    private func event(_ generator: inout SeededGenerator) -> LoadEvent {
        let duration = Self.durations.randomElement(using: &generator) ?? .zero
        let count = Self.counts.randomElement(using: &generator) ?? 0
        let other = Self.counts.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return .arrived(RequestSize(promptTokens: count, maximumTokens: other))
        case 1: return .dispatched(waited: duration)
        case 2:
            return .finished(
                RequestCost(
                    promptTokens: count, generatedTokens: other,
                    timeToFirstToken: Self.durations.randomElement(using: &generator), duration: duration,
                    concurrency: count))
        case 3:
            return .instanceReady(after: duration, tier: StartTier.allCases.randomElement(using: &generator) ?? .cold)
        default: return .instanceFailed
        }
    }

    private func view(_ generator: inout SeededGenerator, now: Duration) -> FleetView {
        let maximum = Int.random(in: 1...50, using: &generator)
        let limits = ScalingLimits(
            minimum: Int.random(in: 0...maximum, using: &generator), maximum: maximum,
            target: [0, 0.001, 1, 8, 1e12, -3].randomElement(using: &generator) ?? 1,
            idle: [.zero, .seconds(60), .seconds(600)].randomElement(using: &generator) ?? .zero,
            scaleDownDelay: [.zero, .seconds(60)].randomElement(using: &generator) ?? .zero,
            concurrency: [nil, 0, 1, 64].randomElement(using: &generator) ?? nil)
        let instances = (0..<Int.random(in: 0...60, using: &generator)).map { number in
            let phases: [InstanceView.Phase] = [
                .ready, .draining, .starting(since: now - .seconds(3), tier: .cold),
                .starting(since: now + .seconds(9), tier: .warm),
            ]
            return InstanceView(
                number: number, phase: phases.randomElement(using: &generator) ?? .ready,
                inFlight: Int.random(in: 0...100_000, using: &generator),
                pendingPromptTokens: Int.random(in: 0...1_000_000, using: &generator))
        }
        return FleetView(
            limits: limits,
            queue: QueuedWork(
                requests: Int.random(in: 0...1_000_000, using: &generator),
                promptTokens: Self.counts.randomElement(using: &generator) ?? 0,
                maximumTokens: Self.counts.randomElement(using: &generator) ?? 0),
            instances: Bool.random(using: &generator) ? instances : [], lastActivity: now,
            isKeptWarm: Bool.random(using: &generator))
    }

    private func check(_ seed: UInt64, _ make: () -> any ScalingPolicy) {
        var generator = SeededGenerator(seed: seed)
        var policy = make()
        var now = Duration.zero
        for step in 0..<60 {
            for _ in 0..<Int.random(in: 0...4, using: &generator) { policy.record(event(&generator), now: now) }
            let view = view(&generator, now: now)
            let decision = policy.decide(view, now: now)
            let least = max(view.limits.minimum, view.isKeptWarm ? 1 : 0)
            #expect(decision.desired >= least, "seed \(seed), step \(step)")
            #expect(decision.desired <= view.limits.maximum, "seed \(seed), step \(step)")
            if view.queue.requests > 0 { #expect(decision.desired >= 1, "seed \(seed), step \(step)") }
            if let next = decision.nextCheck { #expect(next > now, "seed \(seed), step \(step)") }
            now +=
                [.zero, .milliseconds(10), .seconds(2), .seconds(700), .seconds(1 << 40)]
                .randomElement(using: &generator) ?? .zero
        }
    }

    @Test("Pronk's decider keeps the bounds and its wits under absurd events, views and jumps of the clock")
    func work() {
        for seed in 0..<300 as Range<UInt64> { check(seed) { WorkPolicy() } }
    }

    @Test("Knative's decider keeps the bounds and its wits under absurd events, views and jumps of the clock")
    func knative() {
        for seed in 0..<300 as Range<UInt64> {
            check(seed) { KnativePolicy(ready: Int(seed % 3)) }
        }
    }

    /// Two seconds are allowed: Knative's averages end with the last whole second, and it looks every other one.
    @Test("no decider lets the last instance go before the idle time is over")
    func toZeroOnlyWhenIdle() {
        for seed in 0..<100 as Range<UInt64> {
            for policy in [WorkPolicy(), KnativePolicy()] as [any ScalingPolicy] {
                var policy = policy
                var generator = SeededGenerator(seed: seed)
                var lastActivity = Duration.zero
                var previous = 1
                for second in 0..<2000 {
                    let now = Duration.seconds(second)
                    let running = Int.random(in: 0..<150, using: &generator) == 0 ? 1 : 0
                    let idle = now - lastActivity
                    if running > 0 { lastActivity = now }
                    let decision = policy.decide(
                        FleetView(
                            limits: ScalingLimits(
                                minimum: 0, maximum: 5, target: 4, idle: .seconds(300), scaleDownDelay: .zero),
                            instances: [InstanceView(number: 1, phase: .ready, inFlight: running)],
                            lastActivity: lastActivity), now: now)
                    defer { previous = decision.desired }
                    if decision.desired == 0, previous > 0 {
                        #expect(idle >= .seconds(298), "seed \(seed), second \(second)")
                    }
                }
            }
        }
    }
}
