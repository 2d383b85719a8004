import Sampling
import Tokenization

/// One choice of a request on its way through the engine.
///
/// Its tokens are the scheduler's. Drawing one allocates nothing.
final class ActiveSequence {
    /// The request that it belongs to.
    let ticket: Int
    let choice: Int
    let sampling: SamplingParameters
    let sink: any GenerationSink
    /// Prompt and drawn tokens, where repetition is penalised.
    private let seen: SeenTokens?
    /// Seconds on the monotonic clock.
    private(set) var firstScheduled: Double?

    private let promptTokens: Int
    /// Tokens of the prompt that were not computed for it, because they were in the prefix cache.
    private var cachedPromptTokens = 0
    private var answer: AnswerText
    private let submitted: Double
    private var firstToken: Double?

    /// - Parameters:
    ///   - tokenLimit: tokens of the answer alone.
    ///   - vocabularySize: logits of a token.
    init(
        ticket: Int, choice: Int, request: GenerationRequest, tokenLimit: Int, tokenizer: Tokenizer,
        vocabularySize: Int, sink: any GenerationSink, now: Double
    ) {
        self.ticket = ticket
        self.choice = choice
        self.sink = sink
        sampling = request.sampling
        promptTokens = request.prompt.count
        seen =
            request.sampling.repetitionPenalty == 1
            ? nil : SeenTokens(vocabularySize: vocabularySize)
        for token in request.prompt { seen?.insert(token.rawValue) }
        answer = AnswerText(stop: request.stop, tokenLimit: tokenLimit, tokenizer: tokenizer)
        submitted = now
    }

    /// The next token's draw, `position` being its place in the sequence.
    func draw(position: Int) -> Draw {
        Draw(
            parameters: sampling, choice: choice, position: position,
            seen: seen.map { UnsafePointer($0.words) })
    }

    /// - Parameter start: the first token that is computed in this step.
    /// - Returns: whether this is the sequence's first step.
    func markScheduled(from start: Int, now: Double) -> Bool {
        guard firstScheduled == nil else { return false }
        firstScheduled = now
        cachedPromptTokens = min(start, promptTokens)
        return true
    }

    /// Takes tokens that another engine drew and handed out, and returns whether they end the sequence: then the end is
    /// all that the sink still gets.
    func replay(_ drawn: [TokenID], now: Double) -> Bool {
        for token in drawn { seen?.insert(token.rawValue) }
        guard let ending = answer.replay(drawn) else { return false }
        sink.end(choice: choice, finish(ending, now: now))
        return true
    }

    /// Takes the next token, hands its text to the sink, and returns whether the sequence is finished.
    func append(_ token: TokenID, now: Double) -> Bool {
        seen?.insert(token.rawValue)
        if firstToken == nil { firstToken = now }
        let finish = answer.append(token).map { self.finish($0, now: now) }
        answer.take { sink.receive(choice: choice, token: token, text: $0, finish: finish) }
        return finish != nil
    }

    private func finish(_ ending: AnswerText.Ending, now: Double) -> GenerationEvent.Finish {
        let scheduled = firstScheduled ?? now, first = firstToken ?? now
        return GenerationEvent.Finish(
            reason: ending.reason, matchedStop: ending.matchedStop, cachedPromptTokens: cachedPromptTokens,
            timings: GenerationEvent.Timings(
                queued: scheduled - submitted, prefill: first - scheduled, decode: now - first))
    }
}
