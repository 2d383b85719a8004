import Autoscaling
import Foundation
import TestSupport
import Testing

@Suite("Start history")
struct StartHistoryTests {
    @Test("nothing is claimed before the first start")
    func empty() {
        let history = StartHistory()
        #expect(history.estimate(tier: .warm) == nil)
        #expect(history.progress(elapsed: .seconds(1), tier: .warm) == nil)
    }

    @Test("the estimate is the median, so a start that hung does not move it")
    func median() {
        var history = StartHistory()
        for seconds in [4, 5, 600, 6, 5] { history.record(.seconds(seconds), tier: .cold) }
        #expect(history.estimate(tier: .cold) == .seconds(5))
    }

    @Test("a tier without a start borrows from the other, and stops when it has one")
    func tiers() {
        var history = StartHistory()
        history.record(.seconds(20), tier: .cold)
        #expect(history.estimate(tier: .warm) == .seconds(20))
        history.record(.seconds(2), tier: .warm)
        #expect(history.estimate(tier: .warm) == .seconds(2))
        #expect(history.estimate(tier: .cold) == .seconds(20))
    }

    @Test("a machine that became slower is believed after a few starts")
    func recency() {
        var history = StartHistory()
        for _ in 0..<100 { history.record(.seconds(2), tier: .warm) }
        for _ in 0..<6 { history.record(.seconds(10), tier: .warm) }
        #expect(history.estimate(tier: .warm) == .seconds(10))
    }

    @Test("percent grows, the rest shrinks, and neither says that a late start is done")
    func progress() throws {
        var history = StartHistory()
        for seconds in [8, 10, 12] { history.record(.seconds(seconds), tier: .warm) }
        let half = try #require(history.progress(elapsed: .seconds(5), tier: .warm))
        #expect(half.percent == 50 && half.remaining == .seconds(5))
        let late = try #require(history.progress(elapsed: .seconds(11), tier: .warm))
        #expect(late.remaining == .seconds(1))
        let overdue = try #require(history.progress(elapsed: .seconds(40), tier: .warm))
        #expect(overdue.percent < 100 && overdue.remaining == .seconds(20))
    }

    @Test("the median error of the estimate is below 30 % after five starts")
    func accuracy() {
        var errors: [Double] = []
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            func start() -> Double {
                let uniform = Double.random(in: 0.001..<1, using: &generator)
                let angle = Double.random(in: 0..<1, using: &generator)
                return 8 * exp(0.3 * (-2 * log(uniform)).squareRoot() * cos(2 * .pi * angle))
            }
            var history = StartHistory()
            for _ in 0..<5 { history.record(.seconds(start()), tier: .cold) }
            let next = start()
            let estimate = (history.estimate(tier: .cold) ?? .zero) / .seconds(1)
            errors.append(abs(estimate - next) / next)
        }
        #expect(errors.sorted()[errors.count / 2] <= 0.3)
    }

    @Test("it survives a restart, and absurd durations")
    func persistence() throws {
        var history = StartHistory()
        for duration in [.seconds(3), .seconds(-1), .seconds(Int64.max), .zero] as [Duration] {
            history.record(duration, tier: .warm)
        }
        let data = try JSONEncoder().encode(history)
        #expect(try JSONDecoder().decode(StartHistory.self, from: data) == history)
        #expect(history.estimate(tier: .warm) == .seconds(3))
        #expect(history.progress(elapsed: .seconds(Int64.max), tier: .warm) != nil)
    }
}
