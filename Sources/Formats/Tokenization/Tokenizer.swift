/// Text to tokens and back, over tables that `TokenizerTables` built.
///
/// Threads: all methods may be called from any thread at once.
package final class Tokenizer: @unchecked Sendable {
    // Unchecked because of the pointers in `vocabulary` alone: nobody writes to the tables, and `owner` keeps them.
    let vocabulary: VocabularyView
    private let owner: (any AnyObject & Sendable)?

    /// Uses `tables` in place; they must be 8-aligned and stay as they are while `owner` lives.
    package init(tables: UnsafeRawBufferPointer, owner: (any AnyObject & Sendable)?) throws(TokenizerError) {
        vocabulary = try VocabularyView(tables)
        self.owner = owner
    }

    /// Builds the tables in memory: for tests and for looking at checkpoints that are not packed.
    package convenience init(source: TokenizerSource) throws(TokenizerError) {
        let tables = OwnedTables(try TokenizerTables.build(from: source))
        try self.init(tables: tables.bytes, owner: tables)
    }

    package var vocabularySize: Int { vocabulary.size }
    package var bos: TokenID? { vocabulary.bos }
    package var eos: TokenID? { vocabulary.eos }
    /// Whether a plain prompt starts with `bos`.
    package var addsBOS: Bool { vocabulary.addsBOS }
    /// Tokens that end an answer.
    package var endOfGeneration: [TokenID] { vocabulary.endOfGeneration }

    /// The bytes that `token` stands for; empty for numbers outside the vocabulary. Valid while the tokenizer lives.
    package func bytes(of token: TokenID) -> UnsafeBufferPointer<UInt8> {
        vocabulary.bytes(of: UInt32(bitPattern: token.rawValue))
    }

    /// The control or user-defined token that is spelled exactly so.
    package func specialToken(spelled text: String) -> TokenID? {
        var text = text
        let token = text.withUTF8 { vocabulary.specialToken($0) }
        return token == TableLayout.none ? nil : TokenID(rawValue: Int32(bitPattern: token))
    }

    /// nil for numbers outside the vocabulary.
    package func kind(of token: TokenID) -> TokenKind? {
        vocabulary.kind(of: UInt32(bitPattern: token.rawValue))
    }

    func reach(of token: TokenID) -> TokenReach {
        vocabulary.reach(of: UInt32(bitPattern: token.rawValue))
    }

    /// Whether `token` frames text rather than being text.
    package func isSpecial(_ token: TokenID) -> Bool {
        switch kind(of: token) {
        case .control, .unknown, .unused: true
        case .normal, .userDefined, .byte, nil: false
        }
    }

    /// The text of `tokens`; what is not UTF-8 becomes U+FFFD, as Python's `errors="replace"` does.
    package func decode(_ tokens: [TokenID], skipsSpecials: Bool = true) -> String {
        var bytes: [UInt8] = []
        for token in tokens where !(skipsSpecials && isSpecial(token)) {
            bytes.append(contentsOf: self.bytes(of: token))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
