import FoundationEssentials

/// Llama-3's `tokenizer.model`: a line for each token with its bytes in base64, a space, and its rank, as tiktoken has
/// them. The special tokens stand in Meta's program alone, and so here.
enum LlamaRanks {
    /// - Parameters:
    ///   - is31: whether three reserved tokens have the names that Llama 3.1 gave them.
    ///   - vocabularySize: rows of the embedding.
    static func source(_ file: [UInt8], is31: Bool, vocabularySize: Int) throws(TokenizerError) -> TokenizerSource {
        let ranked = try ranked(file)
        var table = TokenTable(capacity: vocabularySize)
        for (rank, bytes) in ranked.enumerated() {
            try table.put(ByteLevelAlphabet.spelling(of: bytes), .normal, at: rank)
        }
        for (index, name) in specialNames(is31: is31).enumerated() {
            try table.put("<|\(name)|>", .control, at: ranked.count + index)
        }
        return TokenizerSource(
            preTokenizer: .llama3, tokens: table.tokens, kinds: table.kinds, merges: merges(ranked),
            ignoresMerges: true, bos: TokenID(ranked.count), eos: TokenID(ranked.count + 1), addsBOS: true)
    }

    /// The tokens' bytes in the order of their ranks, which must be 0, 1, 2 and so on.
    private static func ranked(_ file: [UInt8]) throws(TokenizerError) -> [[UInt8]] {
        guard file.count <= Limits.fileBytes else { throw refused("it has \(file.count) bytes, too many") }
        // A protocol buffer, whose first field holds the pieces.
        guard file.first != 0x0A else {
            throw refused(
                "it is a SentencePiece model, as of Llama 2; only byte-level BPE as of Llama 3, Qwen2 or SmolLM is")
        }
        var result: [[UInt8]] = []
        for line in file.split(separator: 0x0A) {
            let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].count <= 9,
                let bytes = Data(base64Encoded: Data(parts[0])).map(Array.init), !bytes.isEmpty,
                Int(String(decoding: parts[1].filter { $0 != 0x0D }, as: UTF8.self)) == result.count
            else { throw refused("its line \(result.count + 1) is not a token and its rank in order") }
            result.append(bytes)
            guard result.count <= Limits.tokens else { throw refused("it has more than \(Limits.tokens) tokens") }
        }
        guard result.count >= 256 else { throw refused("it has \(result.count) tokens; there are at least 256") }
        return result
    }

    /// Each way to halve a token into two others, in the order of ranks: merging by these gives what merging by the
    /// lowest rank of the result gives.
    private static func merges(_ ranked: [[UInt8]]) -> [String] {
        var rankByBytes = [ArraySlice<UInt8>: Int](minimumCapacity: ranked.count)
        for (rank, bytes) in ranked.enumerated() { rankByBytes[bytes[...]] = rank }
        var result: [String] = []
        var halves: [(left: Int, right: Int)] = []
        let spellings = ranked.map(ByteLevelAlphabet.spelling)
        for bytes in ranked where bytes.count > 1 && bytes.count <= Limits.rankedTokenBytes {
            halves.removeAll(keepingCapacity: true)
            for middle in 1..<bytes.count {
                if let left = rankByBytes[bytes[..<middle]], let right = rankByBytes[bytes[middle...]] {
                    halves.append((left, right))
                }
            }
            halves.sort { $0 < $1 }
            for half in halves { result.append(spellings[half.left] + " " + spellings[half.right]) }
        }
        return result
    }

    /// Of the 256 tokens behind the ranked ones.
    private static func specialNames(is31: Bool) -> [String] {
        var names = ["begin_of_text", "end_of_text"]
        var reserved = 0
        for place in 2..<256 {
            switch place {
            case 4 where is31: names.append("finetune_right_pad_id")
            case 6: names.append("start_header_id")
            case 7: names.append("end_header_id")
            case 8 where is31: names.append("eom_id")
            case 9: names.append("eot_id")
            case 10 where is31: names.append("python_tag")
            default:
                names.append("reserved_special_token_\(reserved)")
                reserved += 1
            }
        }
        return names
    }

    private static func refused(_ why: String) -> TokenizerError {
        TokenizerError(.unsupportedTokenizer, "tokenizer.model is not supported: \(why)")
    }
}
