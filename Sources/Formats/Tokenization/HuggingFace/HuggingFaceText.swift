/// What the files of a checkpoint in Hugging Face's layout say about text: vocabulary, chat template, how to draw.
///
/// Takes bytes and does no I/O: the caller reads those of `fileNames` that exist.
package struct HuggingFaceText: Sendable {
    /// Files of a checkpoint's folder that this reads. All may be missing but one of the first two.
    package static let fileNames = [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "chat_template.jinja", "config.json",
        "generation_config.json",
    ]
    /// A longer file is none of these; read no more than one byte beyond.
    package static let largestFileBytes = Limits.fileBytes

    /// With exactly as many tokens as the embedding has rows.
    package private(set) var tokenizer: TokenizerSource
    package private(set) var chatTemplate: String?
    /// nil: the makers say nothing.
    package private(set) var samplingDefaults: SamplingDefaults?

    /// - Parameters:
    ///   - files: by name, as in `fileNames`.
    ///   - vocabularySize: rows of the embedding. Tokenizers often have some fewer; the rest becomes unused tokens.
    package init(files: [String: [UInt8]], vocabularySize: Int) throws(TokenizerError) {
        guard (1...Limits.tokens).contains(vocabularySize) else {
            throw TokenizerError(
                .invalidVocabulary, "an embedding of \(vocabularySize) rows is outside 1 ... \(Limits.tokens)")
        }
        let model = try Self.decode(GenerationConfiguration.self, files, "config.json")
        let generation = try Self.decode(GenerationConfiguration.self, files, "generation_config.json")
        let configuration = try Self.decode(TokenizerConfiguration.self, files, "tokenizer_config.json")
        let ends = (generation?.ends ?? []) + (model?.ends ?? [])
        if let json = files["tokenizer.json"] {
            let file = try JSONFile.decode(TokenizerJSON.self, json, "tokenizer.json")
            tokenizer = try file.source(vocabularySize: vocabularySize)
        } else if let ranks = files["tokenizer.model"] {
            // Only Llama 3.1 and its successors stretch RoPE, and name a token that ends messages.
            let is31 = model?.ropeType == "llama3" || ends.contains(128_008)
            tokenizer = try LlamaRanks.source(ranks, is31: is31, vocabularySize: vocabularySize)
        } else {
            throw TokenizerError(
                .unsupportedTokenizer,
                "the checkpoint has neither tokenizer.json nor tokenizer.model; download these files, too")
        }
        try Self.complete(
            &tokenizer, configuration, bos: generation?.bos ?? model?.bos, ends: ends)
        if let template = files["chat_template.jinja"] {
            chatTemplate = String(decoding: template, as: UTF8.self)
        } else {
            chatTemplate = configuration?.chatTemplate
        }
        if let defaults = generation?.defaults, defaults != SamplingDefaults() { samplingDefaults = defaults }
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ files: [String: [UInt8]], _ name: String
    ) throws(TokenizerError) -> Value? {
        guard let bytes = files[name] else { return nil }
        return try JSONFile.decode(type, bytes, name)
    }

    /// What the other files say about the vocabulary's ends.
    private static func complete(
        _ source: inout TokenizerSource, _ configuration: TokenizerConfiguration?, bos: Int?, ends: [Int]
    ) throws(TokenizerError) {
        guard configuration?.addsEOS != true else {
            throw TokenizerError(
                .unsupportedTokenizer,
                "tokenizer_config.json puts an end behind every prompt (add_eos_token): models that answer do not, "
                    + "set it to false if this one does")
        }
        func token(_ id: Int) -> TokenID? { source.tokens.indices.contains(id) ? TokenID(id) : nil }
        if let spelling = configuration?.bos {
            source.bos = source.token(spelled: spelling) ?? source.bos
        }
        source.bos = source.bos ?? bos.flatMap(token)
        if let addsBOS = configuration?.addsBOS { source.addsBOS = addsBOS && source.bos != nil }
        if let spelling = configuration?.eos { source.eos = source.token(spelled: spelling) ?? source.eos }
        source.eos = source.eos ?? ends.first.flatMap(token)

        var all = source.eos.map { [$0] } ?? []
        for end in ends {
            guard let token = token(end) else {
                throw TokenizerError(
                    .invalidTextFile,
                    "the end-of-sequence token \(end) of generation_config.json or config.json is outside the "
                        + "embedding's \(source.tokens.count) rows; correct eos_token_id")
            }
            all.append(token)
        }
        for (index, kind) in source.kinds.enumerated()
        where kind == .control && TokenizerSource.turnEnds.contains(source.tokens[index]) {
            all.append(TokenID(index))
        }
        var seen: Set<TokenID> = []
        source.endOfGeneration = all.filter { seen.insert($0).inserted }
    }
}
