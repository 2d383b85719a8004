import Autoscaling
import Control
import Testing

@Suite struct ActivatorTests {
    @Test("the first request at zero waits, starts an instance at once, and goes there when it is ready")
    func fromZero() throws {
        var fixture = Fixture([settings()])
        #expect(fixture.taken().launches.isEmpty)
        let (id, admission) = fixture.submit()
        #expect(admission.isQueued)
        #expect(fixture.taken().launches == [1])
        fixture.now = .seconds(2)
        fixture.makeReady(1)
        let resolved = try #require(fixture.taken().resolutions.first)
        #expect(resolved.0 == id)
        #expect(resolved.1.instance == 1)
        fixture.finish(id)
        let settled = try #require(fixture.taken().settled.first)
        #expect(settled.waited == .seconds(2))
        #expect(settled.attempts == 1)
    }

    @Test("hands an instance no more than its share and the next one as soon as one has ended")
    func concurrency() {
        var fixture = Fixture([settings(maximum: 1, concurrency: 2)])
        let ids = (0..<4).map { _ in fixture.submit().0 }
        fixture.makeReady(1)
        #expect(fixture.taken().resolutions.map(\.0) == Array(ids[..<2]))
        fixture.finish(ids[0])
        #expect(fixture.taken().resolutions.map(\.0) == [ids[2]])
    }

    @Test("refuses what is beyond the queue's bound, and says when to come again")
    func queueFull() throws {
        var fixture = Fixture([settings(queue: 3)])
        for _ in 0..<3 { #expect(fixture.submit().1.isQueued) }
        guard case .refused(let failure) = fixture.submit().1 else {
            Issue.record("it was not refused")
            return
        }
        #expect(failure.code == .queueFull)
        #expect(failure.retryAfter != nil)
    }

    @Test("a request waits for its service's cold-start time and no longer")
    func coldStartTimeout() throws {
        var fixture = Fixture([settings()])
        let (id, _) = fixture.submit()
        fixture.pass(.seconds(119))
        #expect(fixture.taken().resolutions.isEmpty)
        fixture.pass(.seconds(1))
        let resolved = try #require(fixture.taken().resolutions.first)
        #expect(resolved.0 == id)
        #expect(resolved.1.refusal == .coldStartTimeout)
    }

    @Test("a request that waits behind others on a ready instance is not timed out as a cold start")
    func saturated() {
        var fixture = Fixture([settings(maximum: 1, concurrency: 1)])
        let (first, _) = fixture.submit()
        let (second, _) = fixture.submit()
        fixture.makeReady(1)
        _ = fixture.taken()
        fixture.pass(.seconds(300))
        #expect(fixture.taken().resolutions.isEmpty)
        fixture.finish(first)
        #expect(fixture.taken().resolutions.map(\.0) == [second])
    }

    @Test("tells those who wait why nothing starts, after three failures in a row")
    func startFailed() throws {
        var fixture = Fixture([settings()])
        let (id, _) = fixture.submit()
        for number in 1...3 {
            #expect(fixture.taken().launches == [number])
            fixture.tell(.launchFailed(reason: "no such file"), number)
            if number < 3 { fixture.pass(.seconds(2)) }
        }
        let resolved = try #require(fixture.taken().resolutions.first)
        #expect(resolved.0 == id)
        guard case .refused(let failure) = resolved.1 else {
            Issue.record("it was not refused")
            return
        }
        #expect(failure.code == .startFailed)
        #expect(failure.message.contains("no such file"))
        // As long as no start may be tried, others are told at once; then one may try again.
        #expect(fixture.submit().1.refusal == .startFailed)
        fixture.pass(.seconds(3))
        #expect(fixture.submit().1.isQueued)
        #expect(fixture.taken().launches == [4])
    }

    @Test("starts that failed side by side count once")
    func failuresTogether() {
        var fixture = Fixture([settings(maximum: 3)])
        for _ in 0..<6 { _ = fixture.submit() }
        fixture.pass(.seconds(1))
        #expect(fixture.taken().launches == [1, 2, 3])
        for number in 1...3 { fixture.tell(.exited(reason: "status 1"), number) }
        #expect(fixture.taken().resolutions.isEmpty)
    }

    @Test("sleeps when nothing happened for the idle time, and not before")
    func idle() {
        var fixture = Fixture([settings()])
        let (id, _) = fixture.submit()
        fixture.makeReady(1)
        fixture.pass(.seconds(1000))
        fixture.finish(id)
        _ = fixture.taken()
        fixture.pass(.seconds(599))
        #expect(fixture.taken().terminations.isEmpty)
        fixture.pass(.seconds(2))
        #expect(fixture.taken().terminations == [1])
    }

    @Test("wakes for whoever asks, and stays awake for the idle time from readiness")
    func wake() {
        var fixture = Fixture([settings()])
        fixture.plane.wake("a", now: fixture.now)
        fixture.collect()
        #expect(fixture.taken().launches == [1])
        fixture.pass(.seconds(100))
        fixture.makeReady(1)
        fixture.pass(.seconds(599))
        #expect(fixture.taken().terminations.isEmpty)
        fixture.pass(.seconds(2))
        #expect(fixture.taken().terminations == [1])
    }

    @Test("whoever wakes a service whose instance has just lost a request does not keep it awake for ever")
    func wakeWhileSuspect() {
        var fixture = Fixture([settings(maximum: 1)])
        let (id, _) = fixture.submit()
        fixture.makeReady(1)
        _ = fixture.retry(id)
        fixture.plane.wake("a", now: fixture.now)
        fixture.pass(.seconds(1))
        fixture.finish(id)
        fixture.pass(.seconds(601))
        #expect(fixture.taken().terminations == [1])
    }

    @Test("keeps an instance through a warm schedule, and the smallest number always")
    func warm() {
        var fixture = Fixture([settings("a"), settings("b", minimum: 1)])
        #expect(fixture.taken().launches == [1])
        fixture.makeReady(1, of: "b")
        fixture.plane.keepWarm("a", true, now: fixture.now)
        fixture.makeReady(1, of: "a")
        fixture.pass(.seconds(5000))
        #expect(fixture.taken().terminations.isEmpty)
        fixture.plane.keepWarm("a", false, now: fixture.now)
        fixture.pass(.seconds(601))
        #expect(fixture.taken().terminations == [1])
        #expect(fixture.service("b")?.instances.map(\.state) == [.ready])
    }

    @Test("says how far a wake-up is, from the starts before")
    func progress() throws {
        var fixture = Fixture([settings()])
        #expect(fixture.plane.wakeProgress(of: "a", now: fixture.now) == WakeProgress(state: .asleep))
        let (id, _) = fixture.submit()
        #expect(fixture.plane.wakeProgress(of: "a", now: fixture.now).percent == nil)
        fixture.now = .seconds(10)
        fixture.makeReady(1)
        #expect(fixture.plane.wakeProgress(of: "a", now: fixture.now).state == .ready)
        fixture.finish(id)
        fixture.pass(.seconds(601))
        fixture.tell(.exited(reason: "asked to"), 1)
        _ = fixture.submit()
        let progress = fixture.plane.wakeProgress(of: "a", now: fixture.now + .seconds(4))
        #expect(progress == WakeProgress(state: .starting, percent: 40, remaining: .seconds(6), queueLength: 1))
    }

    @Test("refuses a service that it does not know")
    func unknown() {
        var fixture = Fixture([settings()])
        #expect(fixture.submit(to: "b").1.refusal == .unknownService)
    }
}
