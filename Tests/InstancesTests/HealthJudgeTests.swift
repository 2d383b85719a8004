import Control
import Instances
import Testing

@Suite("Health judge")
struct HealthJudgeTests {
    private let failure = ProbeResult.status(503)

    @Test("tells health once, and its return")
    func health() {
        var judge = HealthJudge(pace: .native)
        #expect(judge.handle(failure) == nil)
        #expect(judge.handle(.healthy) == .healthy)
        #expect(judge.handle(.healthy) == nil)
        #expect(judge.handle(failure) == nil)
        #expect(judge.handle(failure) == nil)
        #expect(judge.handle(failure) == .unhealthy("its health check was answered with status 503, 3 times in a row"))
        #expect(judge.handle(failure) == nil)
        #expect(judge.handle(.healthy) == .healthy)
    }

    @Test("forgives failures that are not in a row")
    func forgives() {
        var judge = HealthJudge(pace: .command)
        _ = judge.handle(.healthy)
        for _ in 0..<10 {
            #expect(judge.handle(failure) == nil)
            #expect(judge.handle(.silent(.seconds(2))) == nil)
            #expect(judge.handle(.healthy) == nil)
        }
    }

    @Test("leaves a start that never succeeds to its owner, but tells of a remote API's")
    func failedStart() {
        var local = HealthJudge(pace: .native)
        for _ in 0..<2000 { #expect(local.handle(failure) == nil) }
        var remote = HealthJudge(pace: .remote)
        let told = (0..<100).compactMap { _ in remote.handle(.rubbish) }
        #expect(told.count == 1)
        #expect(remote.handle(.healthy) == .healthy)
    }

    @Test("probes a start eagerly for a second, then less and less, and never less than once a second")
    func pace() {
        for (pace, first) in [(HealthJudge.Pace.native, Duration.milliseconds(2)), (.command, .milliseconds(20))] {
            var judge = HealthJudge(pace: pace)
            var time = Duration.zero
            var last = Duration.zero
            while time < .seconds(60) {
                #expect(judge.pause >= last)
                last = judge.pause
                if time < .milliseconds(900) { #expect(judge.pause == first) }
                time += judge.pause
                _ = judge.handle(failure)
            }
            #expect(judge.pause == .seconds(1))
        }
    }
}
