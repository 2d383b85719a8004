/// Collects a prompt: text between two special tokens is encoded as a whole, as if the rendered string had been.
struct ChatFrame {
    private let tokenizer: Tokenizer
    private var tokens: [TokenID] = []
    private var text = ""

    init(_ tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
    }

    mutating func append(_ text: String) {
        self.text += text
    }

    mutating func append(_ token: TokenID) {
        flush()
        tokens.append(token)
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

    private mutating func flush() {
        if !text.isEmpty { tokenizer.encode(text, parsesSpecials: false, into: &tokens) }
        text = ""
    }
}
