/// `tokenizer.json`, the format of Hugging Face's `tokenizers`: the parts that decide which tokens come out.
struct TokenizerJSON: Decodable {
    struct Model: Decodable {
        var type: String?
        var vocab: [String: Int]?
        var merges: [String]?
        var unknownToken: String?
        var continuingSubwordPrefix: String?
        var endOfWordSuffix: String?
        var byteFallback: Bool?
        var ignoresMerges: Bool?
        var dropout: Double?

        enum CodingKeys: String, CodingKey {
            case type, vocab, merges, dropout
            case unknownToken = "unk_token"
            case continuingSubwordPrefix = "continuing_subword_prefix"
            case endOfWordSuffix = "end_of_word_suffix"
            case byteFallback = "byte_fallback"
            case ignoresMerges = "ignore_merges"
        }

        /// Vocabularies of other kinds of model have other shapes, so the kind is looked at first.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decodeIfPresent(String.self, forKey: .type)
            guard type ?? "BPE" == "BPE" else { return }
            vocab = try container.decode([String: Int].self, forKey: .vocab)
            merges = try Self.merges(container)
            unknownToken = try container.decodeIfPresent(String.self, forKey: .unknownToken)
            continuingSubwordPrefix = try container.decodeIfPresent(String.self, forKey: .continuingSubwordPrefix)
            endOfWordSuffix = try container.decodeIfPresent(String.self, forKey: .endOfWordSuffix)
            byteFallback = try container.decodeIfPresent(Bool.self, forKey: .byteFallback)
            ignoresMerges = try container.decodeIfPresent(Bool.self, forKey: .ignoresMerges)
            dropout = try container.decodeIfPresent(Double.self, forKey: .dropout)
        }

        /// "a b", or since tokenizers 0.20 ["a", "b"]. All are of one kind, and a try for each would take a second.
        private static func merges(_ container: KeyedDecodingContainer<CodingKeys>) throws -> [String] {
            if let merges = try? container.decode([String].self, forKey: .merges) { return merges }
            return try container.decode([MergePair].self, forKey: .merges).map(\.text)
        }
    }

    private struct MergePair: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            text = try pair.decode(String.self) + " " + pair.decode(String.self)
            guard pair.isAtEnd else {
                throw DecodingError.dataCorruptedError(in: pair, debugDescription: "a merge of more than two tokens")
            }
        }
    }

    struct AddedToken: Decodable {
        var id: Int
        var content: String
        var isSpecial: Bool?
        var takesSpaceBefore: Bool?
        var takesSpaceAfter: Bool?
        var isSingleWord: Bool?

        enum CodingKeys: String, CodingKey {
            case id, content
            case isSpecial = "special"
            case takesSpaceBefore = "lstrip"
            case takesSpaceAfter = "rstrip"
            case isSingleWord = "single_word"
        }

        var reach: TokenReach {
            var reach: TokenReach = []
            if takesSpaceBefore == true { reach.insert(.takesSpaceBefore) }
            if takesSpaceAfter == true { reach.insert(.takesSpaceAfter) }
            if isSingleWord == true { reach.insert(.isSingleWord) }
            return reach
        }
    }

    /// A normalizer, a pre-tokenizer or a post-processor: what it is called, and the settings that we know.
    struct Stage: Decodable {
        var type: String
        var pretokenizers: [Stage]?
        var normalizers: [Stage]?
        var processors: [Stage]?
        var pattern: Pattern?
        var behavior: String?
        var invert: Bool?
        var addsPrefixSpace: Bool?
        var usesRegex: Bool?
        var individualDigits: Bool?
        var single: [TemplatePiece]?

        enum CodingKeys: String, CodingKey {
            case type, pretokenizers, normalizers, processors, pattern, behavior, invert, single
            case addsPrefixSpace = "add_prefix_space"
            case usesRegex = "use_regex"
            case individualDigits = "individual_digits"
        }

        /// Itself, or the stages of a sequence.
        var steps: [Stage] { type == "Sequence" ? pretokenizers ?? normalizers ?? processors ?? [] : [self] }
    }

    struct Pattern: Decodable {
        var regex: String?

        enum CodingKeys: String, CodingKey { case regex = "Regex" }

        init(from decoder: any Decoder) throws {
            // A pattern may also be a plain string, or an object that holds one.
            regex = try? decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .regex)
        }
    }

    /// A place in what a prompt is wrapped into: a token, or the prompt itself.
    struct TemplatePiece: Decodable {
        struct Name: Decodable { var id: String }
        var token: Name?
        var sequence: Name?

        enum CodingKeys: String, CodingKey {
            case token = "SpecialToken"
            case sequence = "Sequence"
        }
    }

    var model: Model
    var addedTokens: [AddedToken]?
    var normalizer: Stage?
    var preTokenizer: Stage?
    var postProcessor: Stage?

    enum CodingKeys: String, CodingKey {
        case model, normalizer
        case addedTokens = "added_tokens"
        case preTokenizer = "pre_tokenizer"
        case postProcessor = "post_processor"
    }
}
