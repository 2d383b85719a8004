/// How text is cut into pieces before merging: a token never spans two pieces.
package enum PreTokenizer: UInt8, Sendable, CaseIterable {
    /// GPT-2's regular expression.
    case gpt2 = 0
    /// Every digit alone, then GPT-2's expression (SmolLM and SmolLM2).
    case smollm = 1
    /// Llama-3's expression; a piece that is a token is taken whole.
    case llama3 = 2
    /// Characters composed (NFC), then Llama-3's expression with every digit alone (Qwen2 and Qwen2.5).
    case qwen2 = 3
    /// Splits as `qwen2`, but does not compose characters first.
    case qwen2Verbatim = 4

    /// From GGUF's `tokenizer.ggml.pre`.
    package init(ggufName name: String) throws(TokenizerError) {
        switch name {
        case "gpt-2": self = .gpt2
        case "smollm": self = .smollm
        case "llama-bpe", "llama3", "llama-v3": self = .llama3
        case "qwen2", "deepseek-r1-qwen": self = .qwen2
        default:
            throw TokenizerError(
                .unknownPreTokenizer,
                "the checkpoint splits text by \"\(name)\" (tokenizer.ggml.pre), which is not supported; "
                    + "supported are gpt-2, smollm, llama-bpe and qwen2")
        }
    }
}
