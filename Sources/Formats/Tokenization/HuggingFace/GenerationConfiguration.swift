/// `generation_config.json`, and the fields of `config.json` that mean the same.
struct GenerationConfiguration: Decodable {
    var ends: [Int]
    var bos: Int?
    var defaults: SamplingDefaults
    /// The kind of RoPE scaling: Llama 3.1 and its successors say so, Llama 3 does not.
    var ropeType: String?

    private enum CodingKeys: String, CodingKey {
        case ends = "eos_token_id"
        case bos = "bos_token_id"
        case temperature
        case topP = "top_p"
        case topK = "top_k"
        case minP = "min_p"
        case repetitionPenalty = "repetition_penalty"
        case ropeScaling = "rope_scaling"
        case ropeParameters = "rope_parameters"
    }

    private struct Rope: Decodable {
        var type: String?
        enum CodingKeys: String, CodingKey { case type = "rope_type" }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        ends = try OneOrMore.decode(container, .ends)
        bos = try OneOrMore.decode(container, .bos).first
        defaults = SamplingDefaults(
            temperature: try Self.number(container, .temperature, 0...2),
            topP: try Self.number(container, .topP, .leastNormalMagnitude...1),
            topK: try container.decodeIfPresent(Int.self, forKey: .topK).map { max($0, 0) },
            minP: try Self.number(container, .minP, 0...1),
            repetitionPenalty: try Self.number(container, .repetitionPenalty, 0.01...100))
        let rope = try? container.decodeIfPresent(Rope.self, forKey: .ropeScaling)
        ropeType = try rope?.type ?? container.decodeIfPresent(Rope.self, forKey: .ropeParameters)?.type
    }

    private static func number(
        _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, _ range: ClosedRange<Float>
    ) throws -> Float? {
        guard let value = try container.decodeIfPresent(Float.self, forKey: key) else { return nil }
        guard range.contains(value) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "out of range")
        }
        return value
    }
}

/// A number, a list of them, or null.
private enum OneOrMore {
    static func decode<Key: CodingKey>(_ container: KeyedDecodingContainer<Key>, _ key: Key) throws -> [Int] {
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return [] }
        if let one = try? container.decode(Int.self, forKey: key) { return [one] }
        return try container.decode([Int].self, forKey: key)
    }
}
