import Autoscaling
import Control
import Testing

@Suite struct DrainTests {
    /// A policy that says what it is told through the target: that many instances.
    private func fixture(_ count: Int) -> Fixture {
        var fixture = Fixture([settings(minimum: count, maximum: 3)])
        for number in 1...count { fixture.makeReady(number) }
        _ = fixture.taken()
        return fixture
    }

    @Test("scales down the emptiest, and ends it when its last request has left, however long that takes")
    func emptiest() {
        var fixture = fixture(2)
        let ids = (0..<3).map { _ in fixture.submit() }
        let busy = ids.filter { $0.1.instance == 2 }.map(\.0)
        #expect(busy.count == 1)
        fixture.plane.reconfigure(
            [settings(maximum: 1)], machine: Resources(cores: 8, memoryBytes: 8 << 30), now: fixture.now)
        fixture.collect()
        #expect(fixture.service()?.instances.map(\.state) == [.ready, .draining])
        fixture.pass(.seconds(3600))
        #expect(fixture.taken().terminations.isEmpty)
        fixture.finish(busy[0])
        #expect(fixture.taken().terminations == [2])
    }

    @Test("an instance that drains gets nothing, and is taken back when it is needed")
    func revives() {
        var fixture = fixture(2)
        let ids = (0..<4).map { _ in fixture.submit().0 }
        fixture.plane.reconfigure(
            [settings(maximum: 1)], machine: Resources(cores: 8, memoryBytes: 8 << 30), now: fixture.now)
        #expect(fixture.submit().1.isQueued)
        fixture.plane.reconfigure(
            [settings(maximum: 2)], machine: Resources(cores: 8, memoryBytes: 8 << 30), now: fixture.now)
        fixture.collect()
        #expect(fixture.service()?.instances.map(\.state) == [.ready, .ready])
        fixture.finish(ids[1])
        #expect(fixture.taken().launches.isEmpty)
    }

    @Test("one that does not end within its grace is killed, again and again")
    func grace() {
        var fixture = fixture(1)
        fixture.plane.reconfigure([], machine: Resources(), now: fixture.now)
        fixture.collect()
        #expect(fixture.taken().terminations == [1])
        fixture.pass(.seconds(29))
        #expect(fixture.taken().kills.isEmpty)
        fixture.pass(.seconds(1))
        #expect(fixture.taken().kills == [1])
        fixture.pass(.seconds(20))
        #expect(fixture.taken().kills == [1, 1])
    }

    @Test("a service that is removed refuses who waits, finishes who runs, and is gone")
    func removed() throws {
        var fixture = Fixture([settings(maximum: 1, concurrency: 1)])
        let (running, _) = fixture.submit()
        fixture.makeReady(1)
        let (waiting, _) = fixture.submit()
        _ = fixture.taken()
        fixture.plane.reconfigure([], machine: Resources(), now: fixture.now)
        fixture.collect()
        let effects = fixture.taken()
        #expect(effects.resolutions.map(\.0) == [waiting])
        #expect(effects.terminations.isEmpty)
        #expect(fixture.submit().1.refusal == .unknownService)
        fixture.finish(running)
        #expect(fixture.taken().terminations == [1])
        fixture.tell(.exited(reason: "asked to"), 1)
        fixture.plane.finish(waiting, .failed(TokenUsage(), code: "model_not_found"), now: fixture.now)
        #expect(fixture.plane.isAtRest)
    }

    @Test("a service that an administrator stops refuses who comes and waits, finishes who runs, and starts again")
    func stopped() {
        var fixture = Fixture([settings(maximum: 1, concurrency: 1)])
        let (running, _) = fixture.submit()
        fixture.makeReady(1)
        let (waiting, _) = fixture.submit()
        _ = fixture.taken()
        fixture.plane.stop("a", now: fixture.now)
        fixture.collect()
        let effects = fixture.taken()
        #expect(effects.resolutions.map(\.0) == [waiting])
        #expect(effects.resolutions.map(\.1.refusal) == [.stopped])
        #expect(effects.terminations.isEmpty)
        #expect(fixture.submit().1.refusal == .stopped)
        fixture.plane.finish(waiting, .failed(TokenUsage(), code: "service_stopped"), now: fixture.now)
        fixture.finish(running)
        #expect(fixture.taken().terminations == [1])
        fixture.tell(.exited(reason: "asked to"), 1)
        fixture.plane.wake("a", now: fixture.now)
        fixture.pass(.seconds(60))
        #expect(fixture.taken().launches.isEmpty)
        #expect(fixture.plane.wakeProgress(of: "a", now: fixture.now).state == .stopped)
        fixture.plane.start("a", now: fixture.now)
        fixture.collect()
        #expect(fixture.taken().launches.isEmpty)
        #expect(fixture.submit().1.isQueued)
        #expect(fixture.taken().launches == [2])
    }

    @Test("instances of other settings are replaced without a cut")
    func revision() {
        var fixture = fixture(1)
        let (id, _) = fixture.submit()
        fixture.plane.reconfigure(
            [settings(minimum: 1, maximum: 1, revision: "2")], machine: Resources(cores: 8, memoryBytes: 8 << 30),
            now: fixture.now)
        fixture.collect()
        var effects = fixture.taken()
        #expect(effects.launches == [2])
        #expect(effects.terminations.isEmpty)
        fixture.finish(id)
        effects = fixture.taken()
        #expect(effects.terminations == [1])
    }

    @Test("shutting down refuses who comes, lets streams finish within the grace, and ends all")
    func shutDown() {
        var fixture = fixture(2)
        let (id, _) = fixture.submit()
        fixture.plane.shutDown(now: fixture.now)
        fixture.collect()
        #expect(fixture.taken().terminations == [2])
        #expect(fixture.submit().1.refusal == .shuttingDown)
        fixture.pass(.seconds(29))
        #expect(fixture.taken().terminations.isEmpty)
        fixture.pass(.seconds(1))
        #expect(fixture.taken().terminations == [1])
        fixture.tell(.exited(reason: "asked to"), 1)
        fixture.tell(.exited(reason: "asked to"), 2)
        #expect(fixture.retry(id).refusal == .shuttingDown)
        fixture.plane.finish(id, .failed(TokenUsage(), code: "shutting_down"), now: fixture.now)
        #expect(fixture.plane.isAtRest)
        #expect(fixture.plane.nextDeadline == nil)
    }

    @Test("a remote service is always there, and never scaled")
    func remote() {
        var fixture = Fixture([settings(isRemote: true)], machine: Resources())
        #expect(fixture.taken().launches == [1])
        fixture.makeReady(1)
        #expect(fixture.submit().1.instance == 1)
        fixture.tell(.unhealthy("no route"), 1)
        fixture.pass(.seconds(5000))
        let effects = fixture.taken()
        #expect(effects.terminations.isEmpty && effects.kills.isEmpty && effects.launches.isEmpty)
    }
}
