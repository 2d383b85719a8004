import Autoscaling
import Simulation
import TestSupport
import Testing

/// What Pronk's decider must reach against Knative's, on traces that are generated here; docs/autoscaling.md has the
/// published ones.
@Suite("Pronk's decider against Knative's")
struct BarTests {
    private func settings(timeToReady: Double) -> ReplaySettings {
        var settings = ReplaySettings(
            limits: ScalingLimits(minimum: 0, maximum: 40, target: 4, idle: .seconds(600), scaleDownDelay: .zero))
        settings.model.timeToReady = timeToReady
        settings.model.concurrency = 6
        return settings
    }

    /// Traffic that turns bursty and calm again, with gaps of minutes.
    private func bursts(seed: UInt64) -> Trace {
        var generator = SeededGenerator(seed: seed)
        var requests: [TracedRequest] = []
        var time = 0.0
        while requests.count < 4000 {
            let rate: Double = [0.05, 0.5, 2, 6].randomElement(using: &generator) ?? 1
            for _ in 0..<Int.random(in: 5...120, using: &generator) {
                time += Double.random(in: 0...2, using: &generator) / rate
                requests.append(
                    TracedRequest(
                        arrival: time, promptTokens: Int.random(in: 20...4000, using: &generator),
                        generatedTokens: Int.random(in: 5...200, using: &generator)))
            }
            time += Double(Int.random(in: 0...300, using: &generator))
        }
        return Trace(name: "bursts", requests: requests)
    }

    private func check(_ trace: Trace, timeToReady: Double, seed: UInt64, waits: Double = 1.01) throws {
        let results = try PolicyComparison.run(
            trace, policies: [.pronk, .kpa], settings: settings(timeToReady: timeToReady))
        let (pronk, kpa, oracle) = (results[0], results[1], results[2])
        let figures = [
            (Double(pronk.starts), Double(kpa.starts), 1.01),
            (Double(pronk.coldStarts), Double(kpa.coldStarts), 1.01),
            (pronk.waitP99, kpa.waitP99, waits), (pronk.instanceHours, kpa.instanceHours, 1.01),
        ]
        for (ours, theirs, most) in figures {
            #expect(ours <= theirs * most + 1e-3, "\(trace.name), seed \(seed), start \(timeToReady): \(results)")
        }
        #expect(
            figures.contains { $0.0 <= $0.1 * 0.8 - 1e-3 },
            "\(trace.name), seed \(seed), start \(timeToReady): \(results)")
        #expect(oracle.instanceHours <= pronk.instanceHours)
        #expect(pronk.refused == 0 && pronk.mostInstances <= 40)
    }

    @Test("on a workday nothing is worse, and something better by a fifth", arguments: [5.0, 30.0])
    func workday(timeToReady: Double) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            try check(Workday.trace(seed: seed), timeToReady: timeToReady, seed: seed)
        }
    }

    @Test("on bursts nothing is worse, and something better by a fifth")
    func bursts() throws {
        for seed in 1...4 as ClosedRange<UInt64> { try check(bursts(seed: seed), timeToReady: 5, seed: seed) }
    }

    /// Knative's panic starts up to four times as many instances, which pays when a burst outlasts a long start.
    @Test("on bursts with long starts waits are within a tenth, and something is better by a fifth")
    func burstsWithLongStarts() throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            try check(bursts(seed: seed), timeToReady: 30, seed: seed, waits: 1.1)
        }
    }

    @Test("the workday has its requests, most of them between nine and six, and repeats from its seed")
    func shape() {
        let trace = Workday.trace(seed: 7)
        #expect(trace.requests.count == 5000)
        #expect(trace == Workday.trace(seed: 7) && trace != Workday.trace(seed: 8))
        var hours = Array(repeating: 0, count: 25)
        for request in trace.requests { hours[min(24, Int(request.arrival / 3600))] += 1 }
        let busiest = hours.sorted().suffix(9).reduce(0, +)
        #expect(busiest > 4250)
        #expect(zip(trace.requests, trace.requests.dropFirst()).allSatisfy { $0.arrival <= $1.arrival })
        #expect(trace.requests.allSatisfy { (1...8000).contains($0.promptTokens) && $0.generatedTokens >= 1 })
    }

    @Test("a replay repeats to the last digit")
    func repeats() throws {
        let trace = bursts(seed: 1)
        let first = try PolicyComparison.run(trace, policies: [.pronk, .kpa], settings: settings(timeToReady: 5))
        #expect(try PolicyComparison.run(trace, policies: [.pronk, .kpa], settings: settings(timeToReady: 5)) == first)
    }
}
