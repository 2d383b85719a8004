/// The fields that chat and completion requests share, checked, with vLLM's extras.
///
/// What says how to draw is nil when absent: the model has defaults of its own.
package struct GenerationParameters: Sendable, Equatable {
    /// The model's name; nil when absent.
    package var model: String?
    package var temperature: Float?
    package var topP: Float?
    /// 0: all tokens (callers write 0 or -1).
    package var topK: Int?
    package var minP: Float?
    package var repetitionPenalty: Float?
    /// `n`: answers per prompt.
    package var choices = 1
    package var seed: Int64?
    package var maxTokens: Int?
    package var stopStrings: [String] = []
    package var stopTokens: [Int32] = []
    package var includesStopString = false
    package var ignoresEndOfGeneration = false
    package var stream = false
    /// `stream_options.include_usage`.
    package var includesUsage = false
    /// `cache_salt`, vLLM's: only requests with the same share what was computed for their prompts; nil: those without.
    package var cacheSalt: String?
    /// `pronk`: what a gateway asks for.
    package var relay = RelayOptions()

    init(_ fields: RequestFields) throws(APIError) {
        model = try fields.string("model")
        try readSampling(fields)
        choices =
            try fields.integer("n", "must be an integer from 1 to \(Limits.choices)") { 1...Limits.choices ~= $0 } ?? 1
        seed = try fields.value("seed", Int64.self, "must be a 64-bit integer")
        let atLeastOne = "must be an integer of at least 1"
        let maxTokens = try fields.integer("max_tokens", atLeastOne) { $0 >= 1 }
        self.maxTokens = try fields.integer("max_completion_tokens", atLeastOne) { $0 >= 1 } ?? maxTokens
        try readStop(fields)
        try readStream(fields)
        try readCacheSalt(fields)
        relay = try fields.value("pronk", RelayOptions.self, "must be an object") ?? RelayOptions()
    }

    private mutating func readSampling(_ fields: RequestFields) throws(APIError) {
        if let value = try fields.number("temperature", "must be a number from 0 to 2", where: { 0...2 ~= $0 }) {
            temperature = Float(value)
        }
        let topPRule = "must be a number above 0 and at most 1"
        if let value = try fields.number("top_p", topPRule, where: { $0 > 0 && $0 <= 1 }) {
            // The least float above 0 stands for values that round to 0, which would leave no token at all.
            topP = max(Float(value), .leastNormalMagnitude)
        }
        if let value = try fields.integer(
            "top_k", "must be -1 or 0 (all tokens) or a positive integer", where: { $0 >= -1 })
        {
            topK = max(value, 0)
        }
        if let value = try fields.number("min_p", "must be a number from 0 to 1", where: { 0...1 ~= $0 }) {
            minP = Float(value)
        }
        let penaltyRule = "must be a number from 0.01 to 100"
        if let value = try fields.number("repetition_penalty", penaltyRule, where: { 0.01...100 ~= $0 }) {
            repetitionPenalty = Float(value)
        }
    }

    private mutating func readStop(_ fields: RequestFields) throws(APIError) {
        if let stop = try fields.value("stop", StopField.self, "must be a string or an array of strings") {
            stopStrings = stop.strings.filter { !$0.isEmpty }
        }
        guard stopStrings.count <= Limits.stopStrings else {
            throw .invalid("stop", "must hold at most \(Limits.stopStrings) strings, but has \(stopStrings.count)")
        }
        guard stopStrings.allSatisfy({ $0.utf8.count <= Limits.stopStringBytes }) else {
            throw .invalid("stop", "must hold strings of at most \(Limits.stopStringBytes) bytes")
        }
        stopTokens = try fields.value("stop_token_ids", [Int32].self, "must be an array of token ids") ?? []
        guard stopTokens.count <= Limits.stopTokens else {
            throw .invalid("stop_token_ids", "must hold at most \(Limits.stopTokens) ids, but has \(stopTokens.count)")
        }
        includesStopString = try fields.boolean("include_stop_str_in_output") ?? false
        ignoresEndOfGeneration = try fields.boolean("ignore_eos") ?? false
    }

    private mutating func readCacheSalt(_ fields: RequestFields) throws(APIError) {
        cacheSalt = try fields.string("cache_salt")
        guard let count = cacheSalt?.utf8.count else { return }
        guard 1...Limits.cacheSaltBytes ~= count else {
            throw .invalid("cache_salt", "must have 1 to \(Limits.cacheSaltBytes) bytes, but has \(count)")
        }
    }

    private mutating func readStream(_ fields: RequestFields) throws(APIError) {
        stream = try fields.boolean("stream") ?? false
        guard let options = try fields.value("stream_options", StreamOptions.self, "must be an object") else { return }
        guard stream else {
            throw .invalid("stream_options", "is only allowed when 'stream' is true")
        }
        includesUsage = options.includesUsage
    }
}

/// `stop`: one string or several.
private struct StopField: Decodable {
    let strings: [String]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let string = try? container.decode(String.self) {
            strings = [string]
        } else {
            strings = try container.decode([String].self)
        }
    }
}

/// `stream_options`.
private struct StreamOptions: Decodable {
    let includesUsage: Bool

    init(from decoder: any Decoder) throws {
        includesUsage = try RequestFields(decoder).boolean("include_usage") ?? false
    }
}
