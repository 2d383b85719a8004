import Autoscaling
import Control
import Testing

@Suite struct FailOverTests {
    /// `count` ready instances with one request each.
    private func busy(_ count: Int, maximum: Int = 3) -> (Fixture, [RequestID]) {
        var fixture = Fixture([settings(minimum: count, maximum: maximum, target: 1)])
        for number in 1...count { fixture.makeReady(number) }
        let ids = (0..<count).map { _ in fixture.submit().0 }
        _ = fixture.taken()
        return (fixture, ids)
    }

    @Test("a lost request goes on at another instance at once")
    func another() {
        var (fixture, ids) = busy(2)
        let admission = fixture.retry(ids[0])
        #expect(admission.instance == 2)
        #expect(admission.attempt == 2)
    }

    @Test("with no other instance it waits before all others of its tenant, and is served first")
    func front() {
        var fixture = Fixture([settings(maximum: 1, concurrency: 2)])
        let ids = (0..<4).map { _ in fixture.submit().0 }
        fixture.makeReady(1)
        _ = fixture.taken()
        fixture.tell(.exited(reason: "killed"), 1)
        #expect(fixture.taken().launches == [2])
        #expect(fixture.retry(ids[1]).isQueued)
        #expect(fixture.retry(ids[0]).isQueued)
        fixture.makeReady(2)
        #expect(fixture.taken().resolutions.map(\.0) == [ids[0], ids[1]])
    }

    @Test("gives a request up after eight instances that got nothing out of it, and tells the last one's fate")
    func attempts() {
        var fixture = Fixture([settings(maximum: 1)])
        let (id, _) = fixture.submit()
        var number = 0
        for attempt in 1...8 {
            number += 1
            fixture.makeReady(number)
            fixture.tell(.exited(reason: "killed"), number)
            let admission = fixture.retry(id)
            #expect(attempt < 8 ? admission.isQueued : admission.refusal == .instanceLost)
            fixture.pass(.seconds(20))
        }
        // Its end is still reported and settled, once.
        fixture.plane.finish(id, .failed(TokenUsage(), code: "instance_lost"), now: fixture.now)
        fixture.collect()
        #expect(fixture.taken().settled.map(\.attempts) == [8])
    }

    @Test("lets a request that gets on go on, however many instances it loses")
    func attemptsWithProgress() {
        var fixture = Fixture([settings(maximum: 1)])
        let (id, _) = fixture.submit()
        for number in 1...20 {
            fixture.makeReady(number)
            fixture.plane.progress(id, generatedTokens: 1, now: fixture.now)
            fixture.tell(.exited(reason: "killed"), number)
            let admission = fixture.retry(id)
            #expect(admission.isQueued)
            fixture.pass(.seconds(70))
        }
    }

    @Test("does not repeat what cannot be continued")
    func notRetryable() {
        var (fixture, ids) = busy(2)
        #expect(fixture.retry(ids[0], isRetryable: false).refusal == .instanceLost)
    }

    @Test("an instance that lost a request gets no other until it is healthy or a second has passed")
    func suspect() {
        for isHealthy in [true, false] {
            var (fixture, ids) = busy(2)
            _ = fixture.retry(ids[0])
            #expect(fixture.submit().1.isQueued)
            if isHealthy { fixture.tell(.healthy, 1) } else { fixture.pass(.seconds(1)) }
            #expect(fixture.taken().resolutions.map(\.1.instance) == [1])
        }
    }

    @Test("an instance that loses one request after the other is replaced")
    func losses() {
        var fixture = Fixture([settings(maximum: 1)])
        let (id, _) = fixture.submit()
        fixture.makeReady(1)
        for _ in 0..<3 {
            _ = fixture.retry(id)
            fixture.pass(.seconds(2))
        }
        #expect(fixture.taken().kills == [1])
        fixture.tell(.exited(reason: "killed"), 1)
        fixture.pass(.seconds(1))
        #expect(fixture.taken().launches == [2])
    }

    @Test("an unhealthy instance gets nothing, and is replaced after half a minute")
    func unhealthy() {
        var fixture = Fixture([settings(maximum: 1)])
        let (id, _) = fixture.submit()
        fixture.makeReady(1)
        fixture.finish(id)
        fixture.tell(.unhealthy("no answer"), 1)
        #expect(fixture.submit().1.isQueued)
        _ = fixture.taken()
        fixture.pass(.seconds(29))
        #expect(fixture.taken().kills.isEmpty)
        fixture.pass(.seconds(1))
        #expect(fixture.taken().kills == [1])
        fixture.tell(.exited(reason: "killed"), 1)
        #expect(fixture.taken().launches == [2])
    }

    @Test("one that recovers is used again")
    func recovers() {
        var (fixture, ids) = busy(1, maximum: 1)
        fixture.tell(.unhealthy("no answer"), 1)
        fixture.finish(ids[0])
        let (id, admission) = fixture.submit()
        #expect(admission.isQueued)
        fixture.tell(.healthy, 1)
        #expect(fixture.taken().resolutions.map(\.0) == [id])
        fixture.pass(.seconds(60))
        #expect(fixture.taken().kills.isEmpty)
    }

    @Test("a crash while serving is made good at once, one crash after the other more and more slowly")
    func crashes() {
        var fixture = Fixture([settings(minimum: 1)])
        fixture.makeReady(1)
        fixture.pass(.seconds(60))
        _ = fixture.taken()
        fixture.tell(.exited(reason: "signal 9"), 1)
        #expect(fixture.taken().launches == [2])
        fixture.makeReady(2)
        fixture.tell(.exited(reason: "signal 9"), 2)
        #expect(fixture.taken().launches.isEmpty)
        fixture.pass(.milliseconds(500))
        #expect(fixture.taken().launches == [3])
    }

    @Test("waits twice as long after each failed start, a minute at most, and forgets it once one has served")
    func backoff() {
        var backoff = RestartBackoff()
        var delays: [Duration] = []
        var now = Duration.zero
        for _ in 0..<9 {
            backoff.startFailed("x", start: now, now: now)
            delays.append(backoff.notBefore - now)
            now = backoff.notBefore
        }
        #expect(delays == [0.5, 1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
        backoff.proved()
        backoff.startFailed("x", start: now, now: now)
        #expect(backoff.notBefore - now == .milliseconds(500))
    }
}
