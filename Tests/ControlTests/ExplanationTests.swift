import Autoscaling
import Control
import Testing

@Suite struct ExplanationTests {
    @Test("tells why a request waited, where it went, from what it was chosen, and how it ended")
    func story() throws {
        var fixture = Fixture([settings(maximum: 2, target: 1)])
        let (first, _) = fixture.submit()
        let (second, _) = fixture.submit()
        fixture.pass(.seconds(1))
        fixture.makeReady(1)
        fixture.makeReady(2)
        fixture.finish(first)
        let (third, _) = fixture.submit()
        _ = fixture.retry(third)
        fixture.finish(third)

        let waited = try #require(fixture.plane.explanation(of: second))
        #expect(waited.queuePosition == 1)
        #expect(waited.waited == .seconds(1))
        #expect(waited.decisionWhenQueued == "1 requests at 1.0 each")
        #expect(waited.end == nil)
        let retried = try #require(fixture.plane.explanation(of: third))
        #expect(retried.attempts.count == 2)
        #expect(retried.attempts[0].candidates.map(\.number) == [1, 2])
        #expect(retried.attempts[0].loss?.detail == "closed")
        #expect(retried.attempts[1].reason == .onlyOne)
        #expect(retried.end != nil)
        #expect(fixture.plane.explanation(of: RequestID(rawValue: 99)) == nil)
    }

    @Test("keeps the last ten thousand stories")
    func bound() {
        var fixture = Fixture([settings(minimum: 1)])
        fixture.makeReady(1)
        var ids: [RequestID] = []
        for _ in 0..<10_050 {
            let (id, _) = fixture.submit()
            fixture.finish(id)
            ids.append(id)
        }
        #expect(fixture.plane.explanation(of: ids[49]) == nil)
        #expect(fixture.plane.explanation(of: ids[50]) != nil)
        #expect(fixture.plane.explanation(of: ids[10_049]) != nil)
    }

    @Test("counts what was started, retried and refused")
    func totals() throws {
        var fixture = Fixture([settings(queue: 1)])
        let (id, _) = fixture.submit()
        #expect(fixture.submit().1.refusal == .queueFull)
        fixture.pass(.seconds(2))
        fixture.makeReady(1)
        fixture.finish(id)
        let service = try #require(fixture.service())
        #expect(service.totals.arrived == 1)
        #expect(service.totals.refused == [.queueFull: 1])
        #expect(service.totals.launched == 1)
        #expect(service.totals.coldStarts.sum == 2)
        #expect(service.totals.usage == TokenUsage(prompt: 10, generated: 20))
        #expect(service.instances.map(\.requests) == [1])
    }
}
