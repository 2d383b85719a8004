/// Collects a prompt: text between two special tokens is encoded as a whole, as if the rendered string had been.
struct ChatFrame {
    private let tokenizer: Tokenizer
    private var tokens: [TokenID] = []
    private var text = ""
    /// Of the special token before `text`.
    private var reachBefore: TokenReach = []

    init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
    }

    mutating func append(_ text: String) {
        self.text += text
    }

    mutating func append(_ token: TokenID) {
        let reach = tokenizer.reach(of: token)
        flush(reachBehind: reach)
        tokens.append(token)
        reachBefore = reach
    }

    mutating func append(special spelling: String) throws(TokenizerError) {
        guard let token = tokenizer.specialToken(spelled: spelling) else {
            throw TokenizerError(
                .missingSpecialToken,
                "the chat template needs the token \(spelling), which the vocabulary does not have; "
                    + "use /v1/completions with this model")
        }
        append(token)
    }

    mutating func finished() -> [TokenID] {
        flush()
        return tokens
    }

    /// - Parameter reachBehind: of the special token behind `text`.
    private mutating func flush(reachBehind: TokenReach = []) {
        var rest = text.unicodeScalars[...]
        if reachBefore.contains(.takesSpaceAfter) { rest = rest.drop { $0.properties.isWhitespace } }
        while reachBehind.contains(.takesSpaceBefore), rest.last?.properties.isWhitespace == true { rest.removeLast() }
        if !rest.isEmpty { tokenizer.encode(String(rest), parsesSpecials: false, into: &tokens) }
        text = ""
    }
}
