import Autoscaling
import Control
import Testing

@Suite struct PlacementTests {
    private let machine = Resources(cores: 2, memoryBytes: 4_000_000_000)
    private let large = Resources(cores: 2, memoryBytes: 3_000_000_000)

    @Test("refuses at once what the machine can never hold, with the figures")
    func never() {
        var fixture = Fixture(
            [settings(need: Resources(cores: 1, memoryBytes: 5_000_000_000))], machine: machine)
        guard case .refused(let failure) = fixture.submit().1 else {
            Issue.record("it was not refused")
            return
        }
        #expect(failure.code == .noRoom)
        #expect(failure.message.contains("needs 1 core and 5 GB"))
        #expect(failure.message.contains("2 cores and 4 GB"))
    }

    @Test("never starts more than fit")
    func fits() {
        var fixture = Fixture([settings(maximum: 9, target: 1)], machine: Resources(cores: 3, memoryBytes: 9 << 30))
        for _ in 0..<9 { _ = fixture.submit() }
        fixture.pass(.seconds(5))
        #expect(fixture.taken().launches == [1, 2, 3])
    }

    @Test("ends an idle instance of another service for one that is waited for")
    func evicts() {
        var fixture = Fixture([settings("a", need: large), settings("b", need: large)], machine: machine)
        let (id, _) = fixture.submit(to: "a")
        fixture.makeReady(1, of: "a")
        #expect(fixture.submit(to: "b").1.isQueued)
        #expect(fixture.taken().terminations.isEmpty)
        fixture.finish(id)
        #expect(fixture.taken().terminations == [1])
        fixture.tell(.exited(reason: "asked to"), 1, of: "a")
        #expect(fixture.taken().launches == [1])
        #expect(fixture.service("b")?.instances.map(\.state) == [.starting])
    }

    @Test("leaves alone what a service must keep")
    func keepsMinimum() throws {
        var fixture = Fixture([settings("a", minimum: 1, need: large), settings("b", need: large)], machine: machine)
        fixture.makeReady(1, of: "a")
        #expect(fixture.submit(to: "b").1.isQueued)
        fixture.pass(.seconds(120))
        let effects = fixture.taken()
        #expect(effects.terminations.isEmpty)
        guard case .refused(let failure) = try #require(effects.resolutions.first).1 else {
            Issue.record("it was not refused")
            return
        }
        #expect(failure.code == .noRoom)
        #expect(failure.message.contains("a holds 2 cores and 3 GB with 1 instance"))
    }

    @Test("room that was made for one service is not taken by another's second instance")
    func reserves() {
        let small = Resources(cores: 1, memoryBytes: 1_000_000_000)
        var fixture = Fixture(
            [settings("a", maximum: 2, target: 1, concurrency: 1, need: small), settings("b", need: large)],
            machine: machine)
        let (first, _) = fixture.submit(to: "a")
        fixture.makeReady(1, of: "a")
        #expect(fixture.submit(to: "b").1.isQueued)
        #expect(fixture.submit(to: "a").1.isQueued)
        fixture.pass(.seconds(1))
        #expect(fixture.service("a")?.instances.count == 1)
        fixture.finish(first)
        fixture.pass(.seconds(1))
        #expect(fixture.service("a")?.instances.count == 1)
    }
}
