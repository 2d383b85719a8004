import Instances
import TestSupport
import Testing

@Suite("Keeper's life")
struct KeeperLifeTests {
    @Test("passes a wish to end on, gives it its grace, and kills")
    func asked() {
        var life = KeeperLife(grace: .seconds(30))
        #expect(life.handle(.asked(signal: 15), now: .zero) == .forward(signal: 15))
        #expect(life.handle(.asked(signal: 2), now: .seconds(1)) == .forward(signal: 2))
        #expect(life.deadline == .seconds(30))
        #expect(life.handle(.timePassed, now: .seconds(29)) == .none)
        #expect(life.handle(.timePassed, now: .seconds(30)) == .killAll)
        #expect(life.isKilling)
        #expect(life.handle(.programEnded(status: 137), now: .seconds(30)) == .none)
        #expect(life.handle(.noneLeft, now: .seconds(31)) == .exit(status: 137))
    }

    @Test("gives a program without an owner little time, also when it was ending already")
    func leaseClosed() {
        var life = KeeperLife(grace: .seconds(30))
        #expect(life.handle(.leaseClosed, now: .zero) == .endAll)
        #expect(life.deadline == .seconds(2))
        var ending = KeeperLife(grace: .seconds(30))
        _ = ending.handle(.asked(signal: 15), now: .zero)
        _ = ending.handle(.leaseClosed, now: .seconds(1))
        #expect(ending.deadline == .seconds(3))
    }

    @Test("ends what a program leaves behind: soon if it ended by itself, within its grace if it was asked to")
    func leftovers() {
        var life = KeeperLife(grace: .seconds(30))
        #expect(life.handle(.programEnded(status: 3), now: .zero) == .endAll)
        #expect(life.deadline == .seconds(2))
        #expect(life.handle(.noneLeft, now: .seconds(1)) == .exit(status: 3))
        var asked = KeeperLife(grace: .seconds(30))
        _ = asked.handle(.asked(signal: 15), now: .zero)
        #expect(asked.handle(.programEnded(status: 143), now: .seconds(1)) == .endAll)
        #expect(asked.deadline == .seconds(30))
    }

    @Test(
        "kills at once when asked to, or when memory is exceeded",
        arguments: [KeeperLife.Event.killAsked, .memoryExceeded])
    func kill(event: KeeperLife.Event) {
        var life = KeeperLife(grace: .seconds(30))
        #expect(life.handle(event, now: .zero) == .killAll)
        #expect(life.handle(.asked(signal: 15), now: .zero) == .none)
        #expect(life.handle(.leaseClosed, now: .zero) == .none)
        #expect(life.deadline == nil)
    }

    @Test("never outlives its lease by more than the short grace before it kills, whatever else happens")
    func neverLate() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            var life = KeeperLife(grace: .seconds(Int.random(in: 0...60, using: &generator)))
            var now = Duration.zero
            var closed: Duration?
            while now < .seconds(100), !life.isKilling {
                let events: [KeeperLife.Event] = [
                    .asked(signal: 15), .leaseClosed, .programEnded(status: 0), .timePassed, .timePassed, .timePassed,
                ]
                let event = events.randomElement(using: &generator) ?? .timePassed
                _ = life.handle(event, now: now)
                if event == .leaseClosed { closed = closed ?? now }
                if let closed, !life.isKilling { #expect((life.deadline ?? .seconds(1000)) <= closed + .seconds(2)) }
                now += .milliseconds(Int.random(in: 1...3000, using: &generator))
                if let deadline = life.deadline, deadline <= now { _ = life.handle(.timePassed, now: now) }
            }
        }
    }
}
