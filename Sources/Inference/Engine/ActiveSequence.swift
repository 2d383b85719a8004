import Sampling
import Tokenization

/// One choice of a request on its way through the engine.
///
/// Its buffers are reserved for the longest answer that it may give, so that drawing a token allocates nothing.
final class ActiveSequence {
    /// The request that it belongs to.
    let ticket: Int
    let choice: Int
    let sampling: SamplingParameters
    let sink: any GenerationSink
    let promptCount: Int
    /// Prompt and drawn tokens.
    private(set) var tokens: [TokenID]
    /// Seconds on the monotonic clock.
    private(set) var firstScheduled: Double?

    private let stop: StopConditions
    private let tokenizer: Tokenizer
    /// The most tokens that prompt and answer together may reach.
    private let tokenLimit: Int
    private var text: TextStream
    private let submitted: Double
    private var firstToken: Double?

    init(
        ticket: Int, choice: Int, request: GenerationRequest, tokenLimit: Int, tokenizer: Tokenizer,
        sink: any GenerationSink, now: Double
    ) {
        self.ticket = ticket
        self.choice = choice
        self.tokenizer = tokenizer
        self.tokenLimit = tokenLimit
        self.sink = sink
        sampling = request.sampling
        stop = request.stop
        promptCount = request.prompt.count
        tokens = []
        tokens.reserveCapacity(tokenLimit)
        tokens += request.prompt
        text = TextStream(stops: request.stop.strings, includesMatch: request.stop.includesMatch)
        submitted = now
    }

    func markScheduled(now: Double) {
        if firstScheduled == nil { firstScheduled = now }
    }

    /// Takes the next token, hands its text to the sink, and returns whether the sequence is finished.
    func append(_ token: TokenID, now: Double) -> Bool {
        tokens.append(token)
        if firstToken == nil { firstToken = now }
        var finish: GenerationEvent.Finish?
        let endsGeneration = !stop.ignoresEndOfGeneration && tokenizer.endOfGeneration.contains(token)
        if endsGeneration || stop.tokens.contains(token) {
            finish = .init(reason: .stop, timings: timings(now: now))
        } else if !tokenizer.isSpecial(token), let match = text.append(tokenizer.bytes(of: token)) {
            finish = .init(reason: .stop, matchedStop: stop.strings[match.index], timings: timings(now: now))
        } else if tokens.count >= tokenLimit {
            finish = .init(reason: .length, timings: timings(now: now))
        }
        if finish != nil { text.finish() }
        text.take { sink.receive(choice: choice, token: token, text: $0, finish: finish) }
        return finish != nil
    }

    private func timings(now: Double) -> GenerationEvent.Timings {
        let scheduled = firstScheduled ?? now, first = firstToken ?? now
        return GenerationEvent.Timings(
            queued: scheduled - submitted, prefill: first - scheduled, decode: now - first)
    }
}
