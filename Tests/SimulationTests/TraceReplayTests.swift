import Autoscaling
import Simulation
import Testing

/// Asks for what a test says, from given seconds on.
struct FixedPolicy: ScalingPolicy {
    var plan: [(from: Int, desired: Int)]

    mutating func record(_ event: LoadEvent, now: Duration) {}

    mutating func decide(_ fleet: FleetView, now: Duration) -> ScalingDecision {
        let desired = plan.last { .seconds($0.from) <= now }?.desired ?? 0
        return ScalingDecision(
            desired: desired, reason: "", nextCheck: plan.first { .seconds($0.from) > now }.map { .seconds($0.from) })
    }
}

@Suite("Trace replay")
struct TraceReplayTests {
    private func settings(_ change: (inout ServiceModel) -> Void = { _ in }) -> ReplaySettings {
        var settings = ReplaySettings(
            limits: ScalingLimits(minimum: 0, maximum: 10, target: 4, idle: .seconds(60), scaleDownDelay: .zero))
        settings.model.prefillRate = 1000
        settings.model.decodeRate = 10
        settings.model.decodeCeiling = 40
        settings.model.timeToReady = 5
        settings.model.timeToReadySpread = 0
        settings.model.concurrency = 2
        change(&settings.model)
        return settings
    }

    private func replay(
        _ requests: [(at: Double, prompt: Int, generated: Int)], _ plan: [(from: Int, desired: Int)],
        _ settings: ReplaySettings
    ) -> ReplayResult {
        let trace = Trace(
            name: "t",
            requests: requests.map {
                TracedRequest(arrival: $0.at, promptTokens: $0.prompt, generatedTokens: $0.generated)
            })
        return TraceReplay.run(trace, policy: FixedPolicy(plan: plan), named: "fixed", settings: settings)
    }

    private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-6 }

    @Test("a request at zero waits for the start, then for its prompt, then decodes at its own rate")
    func one() {
        let result = replay([(0, 2000, 30)], [(0, 1), (20, 0)], settings())
        #expect(result.starts == 1 && result.coldStarts == 1 && result.requestsThatWaitedForAStart == 1)
        #expect(close(result.waitP99, 5))
        #expect(close(result.firstTokenP99, 7))
        // 10 s in all, 5 of them of its own.
        #expect(close(result.slowdownMean, 2))
        #expect(close(result.instanceHours * 3600, 20))
    }

    @Test("two prompts share an instance, and the third request waits for room")
    func shared() {
        let result = replay([(0, 1000, 0), (0, 1000, 0), (0, 1000, 0)], [(0, 1), (20, 0)], settings())
        // Both first prompts end at 7, the third starts then and ends at 8.
        #expect(close(result.waitP99, 7))
        #expect(close(result.waitP50, 5))
        #expect(close(result.firstTokenP99, 8))
    }

    @Test("sequences decode at their own rate up to the ceiling that they share")
    func ceiling() {
        let requests = Array(repeating: (at: 0.0, prompt: 0, generated: 100), count: 8)
        let result = replay(requests, [(0, 1), (60, 0)], settings { $0.concurrency = 8 })
        // Eight at 40 / 8 = 5 tokens a second: 20 s after 5 s of starting, 10 s alone.
        #expect(close(result.slowdownMean, 2.5))
    }

    @Test("an instance that is let go ends its requests first, and takes no new ones")
    func drain() {
        let result = replay([(0, 0, 100), (8, 0, 10)], [(0, 1), (7, 0), (10, 1), (60, 0)], settings())
        // The first runs from 5 to 15 and its instance with it; the second waits for the start asked for at 10.
        #expect(close(result.instanceHours * 3600, 15 + 50))
        #expect(close(result.waitP99, 7))
        #expect(result.starts == 2 && result.flaps == 1)
    }

    @Test("what still starts is let go before what serves")
    func victims() {
        let result = replay([(0, 0, 200)], [(0, 1), (10, 3), (12, 1), (40, 0)], settings())
        #expect(close(result.instanceHours * 3600, 40 + 2 + 2))
        #expect(result.mostInstances == 3)
    }

    @Test("requests go to the instance with the fewest")
    func leastLoaded() {
        let result = replay([(0, 0, 100), (8, 1000, 0), (8, 1000, 0)], [(0, 2), (40, 0)], settings())
        #expect(close(result.waitP50, 0))
        #expect(result.requestsThatWaitedForAStart == 1)
    }

    @Test("the queue is bounded, and who finds it full is refused and counted")
    func bounded() {
        let requests = Array(repeating: (at: 0.0, prompt: 0, generated: 0), count: 10_007)
        let result = replay(requests, [(0, 1), (60, 0)], settings())
        #expect(result.refused == 7 && result.requests == 10_007)
    }

    @Test("a start takes the same time under every policy that asks for it at the same point, and is lognormal")
    func starts() {
        var varied = settings { $0.timeToReadySpread = 0.5 }
        var waits: [Double] = []
        for seed in 1...200 as ClosedRange<UInt64> {
            varied.seed = seed
            let first = replay([(0, 0, 10)], [(0, 1), (900, 0)], varied).waitP99
            #expect(replay([(0, 0, 10)], [(0, 3), (900, 0)], varied).waitP99 <= first)
            waits.append(first)
        }
        waits.sort()
        #expect((4.2...5.9).contains(waits[100]))
        #expect((2.2...3.9).contains(waits[32]))
    }

    @Test("an empty fleet at the end ends the replay, also when a policy keeps instances for good")
    func ends() {
        let result = replay([(0, 0, 10)], [(0, 1)], settings())
        #expect(result.instanceHours * 3600 < 1000)
    }

    @Test("the oracle bridges gaps shorter than a start, pays for starts, and lets nobody wait")
    func oracle() {
        let trace = Trace(
            name: "t",
            requests: [(0.0, 100), (0, 100), (0, 100), (13, 100), (40, 100)].map {
                TracedRequest(arrival: $0.0, promptTokens: 0, generatedTokens: $0.1)
            })
        let bound = Oracle.bound(trace, settings: settings())
        // First instance: start 5, 0–10, bridge 3, 13–23, start 5, 40–50. Second, for the third request: start 5, 0–10.
        #expect(bound.starts == 3 && bound.coldStarts == 2)
        #expect(close(bound.instanceHours * 3600, 5 + 10 + 3 + 10 + 5 + 10 + 5 + 10))
        #expect(bound.waitP99 == 0)
    }

    @Test("settings that make no sense are named")
    func badSettings() {
        for change in [{ $0.model.prefillRate = 0 }, { $0.model.timeToReady = .nan }, { $0.limits.maximum = 0 }]
            as [(inout ReplaySettings) -> Void]
        {
            var settings = settings()
            change(&settings)
            #expect(throws: SimulationError.self) {
                try PolicyComparison.run(Workday.trace(requests: 3, seed: 1), policies: [.kpa], settings: settings)
            }
        }
    }
}
