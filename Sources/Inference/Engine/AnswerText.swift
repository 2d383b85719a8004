import Tokenization

/// What the tokens of one choice say, and where they end.
///
/// A pure function of the tokens: an answer that is replayed on another engine is in the same state as the first.
/// Takes tokens without allocating.
struct AnswerText {
    /// Why there is no next token.
    struct Ending {
        var reason: GenerationEvent.Finish.Reason
        var matchedStop: String?
    }

    private(set) var tokenCount = 0
    private let stop: StopConditions
    private let tokenLimit: Int
    private let tokenizer: Tokenizer
    private var text: TextStream

    /// - Parameter tokenLimit: tokens of the answer alone, at least 1.
    init(stop: StopConditions, tokenLimit: Int, tokenizer: Tokenizer) {
        self.stop = stop
        self.tokenLimit = tokenLimit
        self.tokenizer = tokenizer
        text = TextStream(stops: stop.strings, includesMatch: stop.includesMatch)
    }

    /// Takes the next token; nil while the answer goes on. Further tokens after the end make no sense.
    mutating func append(_ token: TokenID) -> Ending? {
        tokenCount += 1
        var ending: Ending?
        let endsGeneration = !stop.ignoresEndOfGeneration && tokenizer.endOfGeneration.contains(token)
        if endsGeneration || stop.tokens.contains(token) {
            ending = Ending(reason: .stop)
        } else if !tokenizer.isSpecial(token), let match = text.append(tokenizer.bytes(of: token)) {
            ending = Ending(reason: .stop, matchedStop: stop.strings[match.index])
        } else if tokenCount >= tokenLimit {
            ending = Ending(reason: .length)
        }
        if ending != nil { text.finish() }
        return ending
    }

    /// Hands over the text that the tokens completed since the last call: valid UTF-8, perhaps none.
    mutating func take(_ body: (UnsafeBufferPointer<UInt8>) -> Void) { text.take(body) }

    /// Takes tokens whose text was handed over long ago, up to the one that ends the answer.
    mutating func replay(_ tokens: [TokenID]) -> Ending? {
        for token in tokens {
            let ending = append(token)
            text.take { _ in }
            if let ending { return ending }
        }
        return nil
    }
}
