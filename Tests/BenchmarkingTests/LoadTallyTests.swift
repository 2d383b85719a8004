import Benchmarking
import Simulation
import Testing

@Suite("Adding up what was measured")
struct LoadTallyTests {
    private static let second: UInt64 = 1_000_000_000

    /// An exchange that was planned, sent and answered at these seconds, with a token every `gap` seconds.
    private func exchange(
        planned: Double = 0, sent: Double? = nil, first: Double = 1, tokens: Int = 3, gap: Double = 0.1,
        wanted: Int = 3, outcome: Outcome = .answered
    ) throws -> Exchange {
        func time(_ seconds: Double) -> UInt64 { 10 * Self.second + UInt64(seconds * 1e9) }
        var reader = AnswerReader()
        for index in 0..<tokens {
            try reader.take(
                "data: {\"choices\":[{\"text\":\"x\"}]}\n\n".utf8, now: time(first + gap * Double(index)))
        }
        try reader.take(
            "data: {\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":\(tokens)}}\n\n".utf8, now: time(first))
        return Exchange(
            request: try request(wanted), planned: time(planned), sent: time(sent ?? planned),
            ended: time(first + gap * Double(max(0, tokens - 1))), outcome: outcome, reader: reader)
    }

    private func request(_ tokens: Int) throws -> PlannedRequest {
        var settings = LoadSettings(arrivals: .clients(1))
        settings.output = TokenCount(tokens...tokens)
        var plan = LoadPlan(settings)
        let planned = plan.request(now: 0)
        return try #require(planned)
    }

    @Test("percentiles are those of the sorted values, within a thousandth")
    func percentiles() throws {
        var recorder = LatencyRecorder()
        var randomness = Randomness(seed: 42)
        let values = (0..<10_000).map { _ in 0.001 + 3 * randomness.exponential() }
        for value in values { recorder.record(seconds: value) }
        let summary = try #require(recorder.summary)
        let sorted = values.sorted()
        for (percent, measured) in [(50, summary.p50), (90, summary.p90), (99, summary.p99)] {
            let exact = sorted[percent * 100 - 1]
            #expect(abs(measured / exact - 1) < 0.001, "p\(percent): \(measured) for \(exact)")
        }
        #expect(summary.max == sorted.last)
        #expect(abs(summary.mean - values.reduce(0, +) / 10_000) < 1e-9)
        #expect(zip(summary.curve, summary.curve.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(LatencyRecorder().summary == nil)
    }

    @Test("the smallest and the largest latencies are kept, and negative ones are zero")
    func extremes() throws {
        var recorder = LatencyRecorder()
        for value in [-1, 0, 1e-9, 80_000, 1e9] { recorder.record(seconds: value) }
        let summary = try #require(recorder.summary)
        #expect(summary.count == 5 && summary.max == 1e9)
    }

    @Test("an open loop counts from the planned arrival, however late the request was sent")
    func planned() throws {
        var tally = LoadTally(start: 10 * Self.second, isClosed: false)
        tally.add(try exchange(planned: 0, sent: 4, first: 5, tokens: 2, gap: 1))
        let summary = tally.summary(processorSeconds: 0.3, endedEarly: false)
        #expect(summary.firstToken?.max == 5)
        #expect(summary.whole?.max == 6)
        #expect(summary.lateness?.max == 4)
        #expect(summary.betweenTokens?.max == 1)
        #expect(summary.perToken?.max == 1)
        #expect(summary.seconds == 6)
        #expect(abs(summary.generatorProcessorShare - 0.05) < 1e-9)
    }

    @Test("failures, cancellations and short answers are counted apart and stay out of latencies")
    func kinds() throws {
        var tally = LoadTally(start: 10 * Self.second, isClosed: true)
        tally.add(try exchange(first: 1))
        tally.add(try exchange(first: 1, tokens: 2))
        tally.add(try exchange(first: 90, outcome: .cancelled))
        for _ in 0..<3 { tally.add(try exchange(first: 1, outcome: .failed(Failure(.timeout, "late")))) }
        tally.add(try exchange(first: 1, outcome: .failed(Failure(.status(503), "full"))))
        let summary = tally.summary(processorSeconds: 0, endedEarly: false)
        #expect(summary.sent == 7 && summary.answered == 2 && summary.failed == 4 && summary.cancelled == 1)
        #expect(summary.shortAnswers == 1)
        #expect(summary.outputTokens == 5)
        #expect(summary.whole?.count == 2)
        #expect(summary.failures.map(\.kind) == ["timeout", "http_503"])
        #expect(summary.failures.map(\.count) == [3, 1])
        #expect(abs(summary.failedShare - 4.0 / 6) < 1e-12)
        #expect(summary.promptTokens?.mean == 100)
    }

    @Test("points stay bounded however many requests there are")
    func bounded() throws {
        var tally = LoadTally(start: 0, isClosed: true)
        let one = try exchange()
        for _ in 0..<20_000 { tally.add(one) }
        #expect((500...2_001).contains(tally.summary(processorSeconds: 0, endedEarly: false).points.count))
    }

    @Test("a hundred failures and no answer are hopeless; one answer is hope")
    func hopeless() throws {
        var tally = LoadTally(start: 0, isClosed: true)
        for _ in 0..<100 { tally.add(try exchange(outcome: .failed(Failure(.unreachable, "no")))) }
        #expect(tally.isHopeless)
        tally.add(try exchange())
        #expect(!tally.isHopeless)
    }

    @Test("wild counts of a server end nothing")
    func wildCounts() {
        var tally = TokenTally()
        tally.add(Int.max)
        tally.add(Int.max)
        #expect(tally.most == Int.max && tally.mean > 0)
    }
}
