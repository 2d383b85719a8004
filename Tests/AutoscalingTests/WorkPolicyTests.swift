import Autoscaling
import Foundation
import Testing

@Suite("Pronk's decider")
struct WorkPolicyTests {
    /// A policy that has seen requests of 500 prompt and 100 generated tokens take `seconds` each, and starts of
    /// `startSeconds`.
    private func fleet(seconds: Double = 5, startSeconds: Double = 10) -> LoadedFleet<WorkPolicy> {
        var policy = WorkPolicy()
        for _ in 0..<5 { policy.record(.instanceReady(after: .seconds(startSeconds), tier: .warm), now: .zero) }
        for index in 0..<60 {
            policy.record(
                .finished(
                    RequestCost(
                        promptTokens: 500, generatedTokens: 100, timeToFirstToken: .seconds(seconds * 0.1),
                        duration: .seconds(seconds), concurrency: 1 + index % 4)), now: .zero)
        }
        var fleet = LoadedFleet(policy)
        fleet.limits.target = 7
        return fleet
    }

    private func arrive(_ count: Int, over seconds: Int, _ fleet: inout LoadedFleet<WorkPolicy>) {
        for index in 0..<count {
            let time = fleet.now + .seconds(seconds) * index / count
            fleet.policy.record(.arrived(RequestSize(promptTokens: 500, maximumTokens: 512)), now: time)
        }
        fleet.now += .seconds(seconds)
    }

    @Test("one request at zero wakes one instance")
    func wakes() {
        var fleet = LoadedFleet(WorkPolicy())
        fleet.policy.record(.arrived(RequestSize(promptTokens: 500, maximumTokens: 512)), now: .zero)
        fleet.queued = 1
        #expect(fleet.ask().desired == 1)
    }

    @Test("a queue that the present instances drain before a start would be ready adds none")
    func drains() {
        var slowStart = fleet(seconds: 2, startSeconds: 60)
        slowStart.now = .seconds(1000)
        (slowStart.ready, slowStart.running, slowStart.queued) = (1, 10, 12)
        #expect(slowStart.ask().desired == 1)

        var quickStart = fleet(seconds: 60, startSeconds: 2)
        quickStart.now = .seconds(1000)
        (quickStart.ready, quickStart.running, quickStart.queued) = (1, 10, 12)
        #expect(quickStart.ask().desired > 1)
    }

    @Test("a queue of long prompts needs more than one of short ones")
    func tokens() {
        func desired(promptTokens: Int) -> Int {
            var fleet = fleet(seconds: 6, startSeconds: 4)
            fleet.now = .seconds(1000)
            (fleet.ready, fleet.running, fleet.queued) = (1, 10, 20)
            var view = fleet.view
            view.queue.promptTokens = promptTokens * 20
            return fleet.policy.decide(view, now: fleet.now).desired
        }
        #expect(desired(promptTokens: 20_000) > desired(promptTokens: 50))
    }

    @Test("instances that are starting count, so asking again asks for no more")
    func countsStarting() {
        var fleet = fleet(seconds: 60)
        fleet.now = .seconds(1000)
        (fleet.ready, fleet.running, fleet.queued) = (1, 10, 20)
        let first = fleet.ask().desired
        #expect(first > 1)
        fleet.starting = first - 1
        fleet.now += .milliseconds(100)
        #expect(fleet.ask().desired == first)
    }

    @Test("requests that waited though instances were there widen the room, and time without waits narrows it")
    func headroom() {
        func desired(after waits: [Duration]) -> Int {
            var fleet = fleet()
            fleet.ready = 3
            fleet.ask()
            for wait in waits { fleet.policy.record(.dispatched(waited: wait), now: fleet.now) }
            arrive(400, over: 90, &fleet)
            fleet.running = 22
            return fleet.ask().desired
        }
        let narrow = desired(after: Array(repeating: .zero, count: 5000))
        let wide = desired(after: Array(repeating: .zero, count: 5000) + Array(repeating: .seconds(9), count: 50))
        #expect(wide > narrow)
    }

    @Test("an instance stays for the hold after it was last needed")
    func hold() {
        var fleet = fleet(seconds: 60, startSeconds: 5)
        fleet.now = .seconds(1000)
        (fleet.ready, fleet.running) = (1, 35)
        let most = fleet.ask().desired
        #expect(most > 2)
        (fleet.ready, fleet.running) = (most, 1)
        #expect(fleet.run(42).desired == most)
        #expect(fleet.run(10).desired < most)
        fleet.limits.scaleDownDelay = .seconds(300)
        fleet.running = 35
        fleet.run(2)
        fleet.running = 1
        #expect(fleet.run(200).desired >= most)
    }

    /// The seconds for which what a batch needed is kept after it, when one comes every `period` seconds.
    private func held(batchesEvery period: Int) -> Int {
        var fleet = fleet(seconds: 60, startSeconds: 5)
        fleet.now = .seconds(1000)
        fleet.ready = 1
        for _ in 0..<40 {
            fleet.running = 35
            fleet.ready = fleet.run(2).desired
            fleet.running = 1
            for _ in 0..<period / 2 { fleet.ready = fleet.run(2).desired }
        }
        fleet.running = 35
        fleet.ready = fleet.run(2).desired
        fleet.running = 1
        let most = fleet.ready
        for second in stride(from: 0, to: 120, by: 2) where fleet.run(2).desired < most { return second }
        return 120
    }

    @Test("what holding never bridges is let go sooner than what is needed again within the hold")
    func learntHold() {
        #expect(held(batchesEvery: 180) < 30)
        #expect((40...50).contains(held(batchesEvery: 36)))
    }

    @Test("what runs long counts before it ends, so short requests do not speak for all")
    func runningCounts() {
        func desired(tokensOfRunning tokens: Int) -> Int {
            var policy = WorkPolicy()
            for _ in 0..<5 { policy.record(.instanceReady(after: .seconds(10), tier: .warm), now: .zero) }
            var fleet = LoadedFleet(policy)
            fleet.limits.target = 7
            (fleet.ready, fleet.running, fleet.now) = (2, 20, .seconds(1000))
            for _ in 0..<5 {
                fleet.policy.record(
                    .finished(
                        RequestCost(
                            promptTokens: 500, generatedTokens: 10, timeToFirstToken: .seconds(0.2),
                            duration: .seconds(1.2), concurrency: 10)), now: fleet.now)
            }
            var view = fleet.view
            for index in view.instances.indices { view.instances[index].generatedTokens = 10 * tokens }
            return fleet.policy.decide(view, now: fleet.now).desired
        }
        #expect(desired(tokensOfRunning: 400) > desired(tokensOfRunning: 5))
    }

    @Test("to zero exactly when nothing was asked for the idle time, never before")
    func toZero() {
        var fleet = fleet()
        fleet.ready = 1
        fleet.running = 1
        fleet.ask()
        fleet.running = 0
        fleet.now = .seconds(599)
        let last = fleet.ask()
        #expect(last.desired == 1)
        #expect(last.nextCheck == .seconds(600))
        fleet.now = .seconds(600)
        #expect(fleet.ask().desired == 0)
        #expect(fleet.ask().nextCheck == nil)
    }

    @Test("a warm schedule keeps one, whatever the load")
    func warm() {
        var fleet = fleet()
        fleet.isKeptWarm = true
        fleet.now = .seconds(5000)
        #expect(fleet.ask().desired == 1)
    }

    @Test("a restart changes nothing: the state that was written decides as the one that went on")
    func restart() throws {
        var fleet = fleet()
        fleet.ready = 2
        arrive(200, over: 60, &fleet)
        fleet.running = 9
        fleet.ask()
        fleet.policy.record(.dispatched(waited: .seconds(3)), now: fleet.now)
        let data = try JSONEncoder().encode(fleet.policy)
        var restored = fleet
        restored.policy = try JSONDecoder().decode(WorkPolicy.self, from: data)
        #expect(restored.policy == fleet.policy)
        for queued in [0, 3, 40, 0, 0] {
            (fleet.queued, restored.queued) = (queued, queued)
            #expect(fleet.run(10) == restored.run(10))
        }
    }
}
