import Autoscaling
import Testing

@Suite("Knative's decider")
struct KnativePolicyTests {
    private func fleet(_ change: (inout KnativeSettings) -> Void = { _ in }) -> LoadedFleet<KnativePolicy> {
        var settings = KnativeSettings()
        change(&settings)
        return LoadedFleet(KnativePolicy(settings: settings))
    }

    @Test("it looks every two seconds, and changes its mind in between only to leave zero")
    func ticks() {
        var fleet = fleet()
        fleet.queued = 1
        #expect(fleet.ask().desired == 1)
        #expect(fleet.ask().nextCheck == .seconds(2))
        fleet.queued = 80
        fleet.now = .seconds(1)
        #expect(fleet.ask().desired == 1)
        fleet.now = .seconds(2)
        #expect(fleet.ask().desired > 1)
    }

    @Test("stable: the average of a minute over the target, rounded up")
    func stable() {
        var fleet = fleet()
        fleet.ready = 3
        fleet.running = 25
        #expect(fleet.run(120).desired == 3)
        fleet.running = 31
        // After 20 of 60 seconds at 31: (40·25 + 20·31) / 60 = 27.0; then above 30 only when all 60 are.
        #expect(fleet.run(20).desired == 3)
        #expect(fleet.run(40).desired == 4)
    }

    @Test("panic: six seconds that ask for twice what is ready count at once")
    func panic() {
        var fleet = fleet()
        fleet.ready = 2
        fleet.running = 15
        fleet.run(120)
        fleet.running = 45
        fleet.now += .seconds(2)
        fleet.ask()
        fleet.now += .seconds(2)
        // Two of six seconds at 45: (4·15 + 2·45) / 6 = 25, three instances of two ready: no panic yet.
        #expect(fleet.ask().desired == 2)
        fleet.now += .seconds(2)
        // Four of six: (2·15 + 4·45) / 6 = 35, four instances, twice what is ready.
        #expect(fleet.ask().desired == 4)
        #expect(fleet.policy.isInPanic)
    }

    @Test("in panic nothing is let go, and it ends when it has been below for the stable window")
    func panicEnds() {
        var fleet = fleet()
        fleet.ready = 1
        fleet.running = 60
        #expect(fleet.run(10).desired == 6)
        fleet.ready = 6
        fleet.running = 1
        #expect(fleet.run(56).desired == 6)
        #expect(fleet.policy.isInPanic)
        #expect(fleet.run(12).desired < 6)
        #expect(!fleet.policy.isInPanic)
    }

    @Test("at most half of what is ready is let go at a time, or all of what nobody can reach")
    func rates() {
        var reachable = fleet()
        reachable.ready = 9
        reachable.running = 85
        reachable.run(120)
        reachable.running = 1
        #expect(reachable.run(120).desired == 4)

        var unreachable = fleet { $0.isReachable = false }
        unreachable.ready = 9
        unreachable.running = 85
        unreachable.run(120)
        unreachable.running = 1
        #expect(unreachable.run(120).desired == 1)
    }

    @Test("one look multiplies the ready instances by the scale-up rate at most")
    func scaleUpRate() {
        var fleet = fleet { $0.maximumScaleUpRate = 1.5 }
        fleet.ready = 2
        fleet.running = 90
        #expect(fleet.run(60).desired == 3)
    }

    @Test("an activation scale is the least for any load")
    func activationScale() {
        var fleet = fleet { $0.activationScale = 3 }
        fleet.queued = 1
        #expect(fleet.ask().desired == 3)
    }

    @Test("a scale-down delay takes the most that was asked for within it")
    func scaleDownDelay() {
        var fleet = fleet()
        fleet.limits.scaleDownDelay = .seconds(100)
        fleet.ready = 3
        fleet.running = 25
        fleet.run(120)
        fleet.running = 5
        // The average stays above 20 for 15 s, so 115 s pass.
        #expect(fleet.run(110).desired == 3)
        #expect(fleet.run(60).desired == 1)
    }

    @Test("excess burst capacity is what is ready less 211 less the load, and above zero the activator leaves")
    func burstCapacity() {
        var fleet = fleet()
        fleet.limits.target = 70
        fleet.ready = 4
        fleet.running = 50
        fleet.run(20)
        // 4 · 70 / 0.7 − 211 − 50
        #expect(fleet.policy.excessBurstCapacity == 139)
        #expect(!fleet.policy.isActivatorInPath)
        #expect(fleet.policy.activators == 7)
        fleet.running = 250
        fleet.run(20)
        #expect(fleet.policy.excessBurstCapacity == -61)
        #expect(fleet.policy.isActivatorInPath)

        var never = self.fleet { $0.targetBurstCapacity = -1 }
        never.ready = 9
        never.run(4)
        #expect(never.policy.excessBurstCapacity == -1 && never.policy.activators == 2)
        var atOnce = self.fleet { $0.targetBurstCapacity = 0 }
        (atOnce.ready, atOnce.running) = (1, 5)
        atOnce.run(4)
        #expect(atOnce.policy.excessBurstCapacity == 0 && !atOnce.policy.isActivatorInPath)
    }

    @Test("to zero after the stable window and the retention, which make the idle time together")
    func toZero() {
        var fleet = fleet()
        fleet.ready = 1
        fleet.running = 1
        fleet.run(120)
        fleet.running = 0
        #expect(fleet.run(598).desired == 1)
        #expect(fleet.policy.isActivatorInPath)
        #expect(fleet.run(8).desired == 0)
    }

    @Test("the grace period is the least retention")
    func grace() {
        var fleet = fleet()
        fleet.limits.idle = .seconds(10)
        fleet.ready = 1
        fleet.running = 1
        fleet.run(120)
        fleet.running = 0
        #expect(fleet.run(88).desired == 1)
        #expect(fleet.run(8).desired == 0)
    }

    @Test("a request that comes while idle begins the idle time anew")
    func activityWhileIdle() {
        var fleet = fleet()
        fleet.ready = 1
        fleet.running = 1
        fleet.run(120)
        fleet.running = 0
        fleet.run(500)
        fleet.running = 1
        fleet.run(4)
        fleet.running = 0
        #expect(fleet.run(500).desired == 1)
    }

    @Test("asleep it waits for nothing but a request")
    func asleep() {
        var fleet = fleet()
        #expect(fleet.ask() == ScalingDecision(desired: 0, reason: fleet.ask().reason, nextCheck: nil))
    }

    @Test("the initial scale holds until it was reached once")
    func initialScale() {
        var fleet = fleet { $0.initialScale = 2 }
        #expect(fleet.ask().desired == 2)
        fleet.ready = 2
        fleet.run(4)
        fleet.ready = 1
        #expect(fleet.run(4).desired == 1)
    }

    @Test("after a restart with several instances it starts in panic at as many")
    func restart() {
        var fleet = LoadedFleet(KnativePolicy(ready: 5))
        fleet.ready = 5
        fleet.running = 1
        #expect(fleet.run(40).desired == 5)
        #expect(fleet.run(60).desired < 5)
    }

    @Test("the service's bounds hold, and a warm schedule is a minimum of one")
    func bounds() {
        var fleet = fleet()
        fleet.limits.maximum = 3
        fleet.queued = 500
        #expect(fleet.run(10).desired == 3)
        var warm = self.fleet()
        warm.isKeptWarm = true
        #expect(warm.ask().desired == 1)
        warm.limits.minimum = 2
        warm.now = .seconds(2)
        #expect(warm.ask().desired == 2)
    }
}
