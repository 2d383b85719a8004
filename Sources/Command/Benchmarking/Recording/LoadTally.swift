import Reports

/// Takes in exchanges as they end, in constant memory, and says what they amount to. Pure.
package struct LoadTally: Sendable {
    private let start: UInt64
    private let isClosed: Bool
    private var firstToken = LatencyRecorder()
    private var betweenTokens = LatencyRecorder()
    private var perToken = LatencyRecorder()
    private var whole = LatencyRecorder()
    private var lateness = LatencyRecorder()
    private var failures: [Failure.Kind: FailureCount] = [:]
    private var lastEnd: UInt64
    private var sent = 0
    private var shortAnswers = 0
    private var pieces = 0
    private var promptTokens = TokenTally()
    private var wantedPromptTokens = 0
    private var points: [Plot.Point] = []
    private var pointStride = 1
    package private(set) var answered = 0
    package private(set) var failed = 0
    package private(set) var cancelled = 0
    /// Of all answers.
    package private(set) var tokens = 0

    /// - Parameter start: nanoseconds at which the load begins.
    package init(start: UInt64, isClosed: Bool) {
        self.start = start
        self.isClosed = isClosed
        lastEnd = start
    }

    /// Whether so much failed, and nothing else happened, that going on would measure nothing.
    package var isHopeless: Bool { answered == 0 && failed >= Limits.failuresInARow }

    package mutating func add(_ exchange: Exchange) {
        sent += 1
        lastEnd = max(lastEnd, exchange.ended)
        if !isClosed { lateness.record(seconds: Self.seconds(from: exchange.planned, to: exchange.sent)) }
        switch exchange.outcome {
        case .cancelled: cancelled += 1
        case .failed(let failure):
            failed += 1
            failures[failure.kind, default: FailureCount(failure)].count += 1
        case .answered: addAnswer(exchange)
        }
    }

    private mutating func addAnswer(_ exchange: Exchange) {
        answered += 1
        let count = exchange.outputTokens ?? exchange.pieces
        tokens += count
        pieces += exchange.pieces
        if count < exchange.request.outputTokens { shortAnswers += 1 }
        wantedPromptTokens += exchange.request.promptTokens
        if let prompt = exchange.promptTokens { promptTokens.add(prompt) }
        whole.record(seconds: Self.seconds(from: exchange.planned, to: exchange.ended))
        for gap in exchange.gaps { betweenTokens.record(seconds: Double(gap) * 1e-6) }
        guard let first = exchange.firstText, let last = exchange.lastText else { return }
        let seconds = Self.seconds(from: exchange.planned, to: first)
        firstToken.record(seconds: seconds)
        if count > 1 { perToken.record(seconds: Self.seconds(from: first, to: last) / Double(count - 1)) }
        addPoint(Plot.Point(Self.seconds(from: start, to: exchange.planned), seconds))
    }

    /// Keeps every request's point, then every second one, and so on, so that their number stays bounded.
    private mutating func addPoint(_ point: Plot.Point) {
        if answered % pointStride == 0 { points.append(point) }
        guard points.count > Limits.points else { return }
        points = points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        pointStride *= 2
    }

    /// - Parameter processorSeconds: what the generator itself used.
    package func summary(processorSeconds: Double, endedEarly: Bool) -> LoadSummary {
        let seconds = Self.seconds(from: start, to: lastEnd)
        func rate(_ count: Int) -> Double { seconds > 0 ? Double(count) / seconds : 0 }
        let mean = answered == 0 ? 0 : Double(wantedPromptTokens) / Double(answered)
        return LoadSummary(
            sent: sent, answered: answered, failed: failed, cancelled: cancelled,
            failures: failures.map { kind, count in
                FailureReport(kind: kind.label, count: count.count, example: count.example)
            }.sorted { ($0.count, $1.kind) > ($1.count, $0.kind) },
            seconds: seconds, requestsPerSecond: rate(answered), outputTokensPerSecond: rate(tokens),
            totalTokensPerSecond: rate(tokens + promptTokens.sum),
            outputTokens: tokens, eventsWithText: pieces, shortAnswers: shortAnswers,
            promptTokensWanted: mean, promptTokens: promptTokens.count == 0 ? nil : promptTokens,
            firstToken: firstToken.summary, betweenTokens: betweenTokens.summary, perToken: perToken.summary,
            whole: whole.summary, lateness: lateness.summary,
            generatorProcessorShare: seconds > 0 ? processorSeconds / seconds : 0, endedEarly: endedEarly,
            points: points)
    }

    private static func seconds(from start: UInt64, to end: UInt64) -> Double {
        end >= start ? Double(end - start) * 1e-9 : 0
    }

    private struct FailureCount: Sendable {
        var count = 0
        let example: String

        init(_ failure: Failure) { example = failure.message }
    }
}

/// Tokens of prompts by the server's own count.
package struct TokenTally: Sendable, Codable, Equatable {
    package private(set) var count = 0
    package private(set) var sum = 0
    package private(set) var least = Int.max
    package private(set) var most = 0

    package init() {}

    package mutating func add(_ tokens: Int) {
        count += 1
        // Counts come from a server: a wild one must not end the program.
        sum = sum.addingReportingOverflow(tokens).overflow ? Int.max : sum + tokens
        least = min(least, tokens)
        most = max(most, tokens)
    }

    package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }
}
