/// A byte-level BPE vocabulary as checkpoints describe it: what `TokenizerTables.build` starts from.
package struct TokenizerSource: Sendable {
    package var preTokenizer: PreTokenizer
    /// Spelled with GPT-2's byte-to-character map, except control and user-defined tokens, which are plain text.
    package var tokens: [String]
    /// One for each token.
    package var kinds: [TokenKind]
    /// Of those added tokens that reach beyond their spelling.
    package var reach: [TokenID: TokenReach]
    /// "left right", in the tokens' spelling, most important first.
    package var merges: [String]
    /// Whether a piece of text that is a token is taken whole, also where merging would not reach it.
    package var ignoresMerges: Bool
    package var bos: TokenID?
    package var eos: TokenID?
    /// Whether a plain prompt starts with `bos`.
    package var addsBOS: Bool
    /// Tokens that end an answer.
    package var endOfGeneration: [TokenID]

    package init(
        preTokenizer: PreTokenizer, tokens: [String], kinds: [TokenKind], reach: [TokenID: TokenReach] = [:],
        merges: [String], ignoresMerges: Bool? = nil, bos: TokenID? = nil, eos: TokenID? = nil, addsBOS: Bool = false,
        endOfGeneration: [TokenID] = []
    ) {
        self.preTokenizer = preTokenizer
        self.tokens = tokens
        self.kinds = kinds
        self.reach = reach
        self.merges = merges
        self.ignoresMerges = ignoresMerges ?? (preTokenizer == .llama3)
        self.bos = bos
        self.eos = eos
        self.addsBOS = addsBOS
        self.endOfGeneration = endOfGeneration
    }

    /// The special token, or text that was added whole, that is spelled exactly so.
    func token(spelled spelling: String) -> TokenID? {
        tokens.indices.first { index in
            (kinds[index] == .control || kinds[index] == .userDefined)
                && tokens[index].utf8.elementsEqual(spelling.utf8)
        }
        .map { TokenID($0) }
    }

    /// Control tokens that end a turn in the chat formats that we know, whatever a checkpoint names as its end.
    package static let turnEnds: Set = ["<|eot_id|>", "<|im_end|>", "<|end_of_text|>", "<|endoftext|>", "<|eom_id|>"]
}
