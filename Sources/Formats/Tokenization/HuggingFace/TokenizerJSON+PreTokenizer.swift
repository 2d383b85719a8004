extension TokenizerJSON {
    /// How text is normalized and split, recognised by the stages and by the text of their regular expressions.
    ///
    /// No regular expression is run: those that we know have splitters by hand.
    func knownPreTokenizer() throws(TokenizerError) -> PreTokenizer {
        let split = try splitRule()
        let normalizers = normalizer?.steps.map(\.type) ?? []
        switch (split, normalizers) {
        case (.qwen2, ["NFC"]): return .qwen2
        case (.qwen2, []): return .qwen2Verbatim
        case (_, []): return split
        default:
            throw Self.unknown("it normalizes text by \(normalizers.joined(separator: ", ").shortQuotation)")
        }
    }

    private func splitRule() throws(TokenizerError) -> PreTokenizer {
        guard let preTokenizer else { throw Self.unknown("it does not say how it splits text") }
        let steps = preTokenizer.steps
        guard let last = steps.last, last.type == "ByteLevel" else {
            let name = steps.last?.type ?? preTokenizer.type
            throw Self.unknown(
                name == "Metaspace"
                    ? "it is a SentencePiece vocabulary (Metaspace)"
                    : "it splits text by \(name.shortQuotation), not by bytes (ByteLevel)")
        }
        // The library's default is to put a space before the text.
        guard last.addsPrefixSpace == false else { throw Self.unknown("it puts a space before every text") }
        let splitsAsGPT2 = last.usesRegex ?? true
        switch (steps.count, steps[0].type) {
        case (1, _) where splitsAsGPT2: return .gpt2
        case (2, "Digits") where splitsAsGPT2 && steps[0].individualDigits == true: return .smollm
        case (2, "Split") where !splitsAsGPT2:
            guard steps[0].behavior == "Isolated", steps[0].invert != true, let regex = steps[0].pattern?.regex else {
                throw Self.unknown("its Split is not of the kind Isolated")
            }
            guard let known = PreTokenizer(regularExpression: regex) else {
                throw Self.unknown("it splits text by \(regex.shortQuotation)")
            }
            return known
        default:
            throw Self.unknown("it splits text by \(steps.map(\.type).joined(separator: ", ").shortQuotation)")
        }
    }

    private static func unknown(_ why: String) -> TokenizerError {
        TokenizerError(
            .unknownPreTokenizer,
            "tokenizer.json is not supported: \(why); supported are the ways of GPT-2, SmolLM, Llama 3 and Qwen2. "
                + "Use a model of those families, or serve this one by another engine (`engine: command`)")
    }
}

extension PreTokenizer {
    /// From the regular expression of a `Split`.
    fileprivate init?(regularExpression text: String) {
        let head = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
        let tail = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        switch text {
        case head + "{1,3}" + tail: self = .llama3
        case head + tail: self = .qwen2
        case #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: self = .gpt2
        default: return nil
        }
    }
}
