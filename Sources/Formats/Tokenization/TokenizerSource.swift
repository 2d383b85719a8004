/// A byte-level BPE vocabulary as checkpoints describe it: what `TokenizerTables.build` starts from.
package struct TokenizerSource: Sendable {
    package var preTokenizer: PreTokenizer
    /// Spelled with GPT-2's byte-to-character map, except control and user-defined tokens, which are plain text.
    package var tokens: [String]
    /// One for each token.
    package var kinds: [TokenKind]
    /// "left right", most important first.
    package var merges: [String]
    package var bos: TokenID?
    package var eos: TokenID?
    /// Whether a plain prompt starts with `bos`.
    package var addsBOS: Bool
    /// Tokens that end an answer.
    package var endOfGeneration: [TokenID]

    package init(
        preTokenizer: PreTokenizer, tokens: [String], kinds: [TokenKind], merges: [String], bos: TokenID? = nil,
        eos: TokenID? = nil, addsBOS: Bool = false, endOfGeneration: [TokenID] = []
    ) {
        self.preTokenizer = preTokenizer
        self.tokens = tokens
        self.kinds = kinds
        self.merges = merges
        self.bos = bos
        self.eos = eos
        self.addsBOS = addsBOS
        self.endOfGeneration = endOfGeneration
    }
}
