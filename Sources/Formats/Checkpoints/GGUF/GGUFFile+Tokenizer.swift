package import Tokenization

extension GGUFFile {
    /// The checkpoint's template for conversations, as its maker wrote it.
    package var chatTemplate: String? {
        guard case .string(let template) = metadata["tokenizer.chat_template"] else { return nil }
        return template.utf8.count <= Limits.chatTemplateBytes ? template : nil
    }

    /// The vocabulary, checked against itself: parallel arrays of one length, identifiers in range.
    package func tokenizerSource() throws(CheckpointError) -> TokenizerSource {
        do {
            return try readTokenizerSource()
        } catch {
            throw error.in(path)
        }
    }

    private func readTokenizerSource() throws(CheckpointError) -> TokenizerSource {
        let preTokenizer = try preTokenizer()
        guard let tokenArray = try metadata.array("tokenizer.ggml.tokens") else {
            throw metadata.missing("tokenizer.ggml.tokens")
        }
        guard tokenArray.count > 0, tokenArray.count <= Limits.vocabulary else {
            throw CheckpointError(
                .limitExceeded,
                "the tokenizer has \(tokenArray.count) tokens; 1 to \(Limits.vocabulary) are possible")
        }
        guard let mergeArray = try metadata.array("tokenizer.ggml.merges") else {
            throw metadata.missing("tokenizer.ggml.merges")
        }
        let tokens = try tokenArray.strings()
        let kinds = try tokenKinds(count: tokens.count)
        let eos = try tokenID("tokenizer.ggml.eos_token_id", count: tokens.count)
        return TokenizerSource(
            preTokenizer: preTokenizer,
            tokens: tokens,
            kinds: kinds,
            merges: try mergeArray.strings(),
            bos: try tokenID("tokenizer.ggml.bos_token_id", count: tokens.count),
            eos: eos,
            // Llama 3's files may leave the key out, and mean yes.
            addsBOS: try metadata.boolean("tokenizer.ggml.add_bos_token") ?? (preTokenizer == .llama3),
            endOfGeneration: try endOfGeneration(eos: eos, tokens: tokens, kinds: kinds)
        )
    }

    private func preTokenizer() throws(CheckpointError) -> PreTokenizer {
        guard let model = try metadata.string("tokenizer.ggml.model") else {
            throw metadata.missing("tokenizer.ggml.model")
        }
        guard model == "gpt2" else {
            throw CheckpointError(
                .unsupportedTokenizer,
                "the tokenizer model \(quoted(model)) is not supported; byte-level BPE (\"gpt2\") is")
        }
        guard let name = try metadata.string("tokenizer.ggml.pre") else {
            throw CheckpointError(
                .unsupportedTokenizer,
                "the file has no tokenizer.ggml.pre, so how it splits text is unknown; convert the model again")
        }
        do throws(TokenizerError) {
            return try PreTokenizer(ggufName: name)
        } catch {
            throw CheckpointError(.unsupportedTokenizer, error.message)
        }
    }

    private func tokenKinds(count: Int) throws(CheckpointError) -> [TokenKind] {
        let key = "tokenizer.ggml.token_type"
        guard let array = try metadata.array(key) else { return [TokenKind](repeating: .normal, count: count) }
        guard array.count == count else {
            throw CheckpointError(
                .tokenizerMismatch, "\(key) has \(array.count) entries, but there are \(count) tokens")
        }
        var kinds: [TokenKind] = []
        kinds.reserveCapacity(count)
        for number in try array.integers() {
            guard let kind = UInt8(exactly: number).flatMap(TokenKind.init(rawValue:)) else {
                throw CheckpointError(.invalidMetadata, "\(key)[\(kinds.count)] is \(number), an unknown kind of token")
            }
            kinds.append(kind)
        }
        return kinds
    }

    private func tokenID(_ key: String, count: Int) throws(CheckpointError) -> TokenID? {
        // llama.cpp writes -1, as a signed or an unsigned number, for "none".
        switch metadata[key] {
        case .unsigned(UInt64(UInt32.max)), .signed(-1): return nil
        default: return try metadata.integer(key, in: 0...count - 1).map { TokenID($0) }
        }
    }

    /// Checkpoints name one end of sequence, but chat models end turns by other tokens as well.
    private func endOfGeneration(
        eos: TokenID?, tokens: [String], kinds: [TokenKind]
    ) throws(CheckpointError) -> [TokenID] {
        var ends = eos.map { [$0] } ?? []
        for key in ["tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"] {
            if let token = try tokenID(key, count: tokens.count) { ends.append(token) }
        }
        for (index, kind) in kinds.enumerated()
        where kind == .control && TokenizerSource.turnEnds.contains(tokens[index]) {
            ends.append(TokenID(index))
        }
        var seen: Set<TokenID> = []
        return ends.filter { seen.insert($0).inserted }
    }
}
