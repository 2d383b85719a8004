extension TokenizerJSON {
    /// The vocabulary, without what other files say about it.
    ///
    /// - Parameter vocabularySize: rows of the embedding.
    func source(vocabularySize: Int) throws(TokenizerError) -> TokenizerSource {
        try refuseOtherModels()
        let preTokenizer = try knownPreTokenizer()
        var table = TokenTable(capacity: vocabularySize)
        for (spelling, id) in model.vocab ?? [:] { try table.put(spelling, .normal, at: id) }
        var reach: [TokenID: TokenReach] = [:]
        for token in addedTokens ?? [] {
            try table.put(token.content, token.isSpecial == true ? .control : .userDefined, at: token.id)
            if !token.reach.isEmpty { reach[TokenID(token.id)] = token.reach }
        }
        var source = TokenizerSource(
            preTokenizer: preTokenizer, tokens: table.tokens, kinds: table.kinds, reach: reach,
            merges: model.merges ?? [], ignoresMerges: model.ignoresMerges ?? false)
        if let bos = try tokenBeforePrompt() {
            guard let token = source.token(spelled: bos) else {
                throw Self.refused("it starts prompts with \(bos.shortQuotation), a token that it does not have")
            }
            source.bos = token
            source.addsBOS = true
        }
        return source
    }

    private func refuseOtherModels() throws(TokenizerError) {
        let type = model.type ?? "BPE"
        guard type == "BPE" else {
            let hint = ["Unigram": " (SentencePiece)", "WordPiece": " (as of BERT)"][type] ?? ""
            throw Self.refused("its model is \(type.shortQuotation)\(hint); only byte-level BPE is supported")
        }
        guard model.byteFallback != true else {
            throw Self.refused("its BPE falls back to bytes (SentencePiece); only byte-level BPE is supported")
        }
        guard model.dropout ?? 0 == 0 else { throw Self.refused("it drops merges at random (dropout)") }
        guard model.continuingSubwordPrefix ?? "" == "", model.endOfWordSuffix ?? "" == "" else {
            throw Self.refused("it marks the parts of words by prefixes or suffixes; only byte-level BPE is supported")
        }
    }

    /// What the post-processor puts before a prompt.
    private func tokenBeforePrompt() throws(TokenizerError) -> String? {
        for step in postProcessor?.steps ?? [] {
            switch step.type {
            case "ByteLevel": continue
            case "TemplateProcessing":
                var pieces = (step.single ?? [])[...]
                let first = pieces.first?.token?.id
                if first != nil { pieces = pieces.dropFirst() }
                guard pieces.count == 1, pieces.first?.sequence?.id == "A" else {
                    throw Self.refused("it puts more around prompts than one token before them")
                }
                return first
            default: throw Self.refused("its post-processor \(step.type.shortQuotation) is not known")
            }
        }
        return nil
    }

    static func refused(_ why: String) -> TokenizerError {
        TokenizerError(
            .unsupportedTokenizer,
            "tokenizer.json is not supported: \(why). Use a model of the Llama-3, Qwen2 or SmolLM families, or serve "
                + "this one by another engine (`engine: command`)")
    }
}

/// Tokens by their numbers, with place holders for numbers that nobody claims.
struct TokenTable {
    private(set) var tokens: [String]
    private(set) var kinds: [TokenKind]

    /// - Parameter capacity: rows of the embedding, which tokens must not exceed.
    init(capacity: Int) {
        tokens = (0..<capacity).map { "[PAD\($0)]" }
        kinds = [TokenKind](repeating: .unused, count: capacity)
    }

    /// Added tokens may stand in the vocabulary, too, and then decide what kind it is.
    mutating func put(_ spelling: String, _ kind: TokenKind, at id: Int) throws(TokenizerError) {
        guard tokens.indices.contains(id) else {
            throw TokenizerError(
                .invalidVocabulary,
                "the token \(spelling.shortQuotation) has the number \(id), but the embedding has \(tokens.count) "
                    + "rows: tokenizer and weights do not belong together, download the checkpoint again")
        }
        guard kinds[id] == .unused || tokens[id].utf8.elementsEqual(spelling.utf8) else {
            throw TokenizerError(
                .invalidVocabulary,
                "the tokens \(tokens[id].shortQuotation) and \(spelling.shortQuotation) both have the number \(id); "
                    + "download the checkpoint again")
        }
        tokens[id] = spelling
        kinds[id] = kind
    }
}
