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
    /// Prompt and drawn tokens.
    private(set) var tokens: [TokenID]
    /// Seconds on the monotonic clock.
    private(set) var firstScheduled: Double?

    private var answer: AnswerText
    private let submitted: Double
    private var firstToken: Double?

    /// - Parameter tokenLimit: tokens of the answer alone.
    init(
        ticket: Int, choice: Int, request: GenerationRequest, tokenLimit: Int, tokenizer: Tokenizer,
        sink: any GenerationSink, now: Double
    ) {
        self.ticket = ticket
        self.choice = choice
        self.sink = sink
        sampling = request.sampling
        tokens = []
        tokens.reserveCapacity(request.prompt.count + tokenLimit)
        tokens += request.prompt
        answer = AnswerText(stop: request.stop, tokenLimit: tokenLimit, tokenizer: tokenizer)
        submitted = now
    }

    func markScheduled(now: Double) {
        if firstScheduled == nil { firstScheduled = now }
    }

    /// Takes tokens that another engine drew and handed out, and returns whether they end the sequence: then the end is
    /// all that the sink still gets.
    func replay(_ drawn: [TokenID], now: Double) -> Bool {
        tokens += drawn
        guard let ending = answer.replay(drawn) else { return false }
        sink.end(choice: choice, finish(ending, now: now))
        return true
    }

    /// Takes the next token, hands its text to the sink, and returns whether the sequence is finished.
    func append(_ token: TokenID, now: Double) -> Bool {
        tokens.append(token)
        if firstToken == nil { firstToken = now }
        let finish = answer.append(token).map { self.finish($0, now: now) }
        answer.take { sink.receive(choice: choice, token: token, text: $0, finish: finish) }
        return finish != nil
    }

    private func finish(_ ending: AnswerText.Ending, now: Double) -> GenerationEvent.Finish {
        let scheduled = firstScheduled ?? now, first = firstToken ?? now
        return GenerationEvent.Finish(
            reason: ending.reason, matchedStop: ending.matchedStop,
            timings: GenerationEvent.Timings(
                queued: scheduled - submitted, prefill: first - scheduled, decode: now - first))
    }
}
