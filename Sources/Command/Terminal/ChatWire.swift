import Foundation

/// The body of `POST /v1/chat/completions` that continues a conversation. Parameters that are not set are not sent.
struct ChatRequestBody: Encodable {
    let model: String
    let conversation: Conversation

    private enum Key: String, CodingKey {
        case model, messages, stream, temperature, seed
        case streamOptions = "stream_options"
        case includeUsage = "include_usage"
        case topP = "top_p"
        case topK = "top_k"
        case minP = "min_p"
        case maxTokens = "max_tokens"
    }

    func encode(to encoder: any Encoder) throws {
        var body = encoder.container(keyedBy: Key.self)
        try body.encode(model, forKey: .model)
        try body.encode(conversation.prompt, forKey: .messages)
        try body.encode(true, forKey: .stream)
        var options = body.nestedContainer(keyedBy: Key.self, forKey: .streamOptions)
        try options.encode(true, forKey: .includeUsage)
        let settings = conversation.settings
        try body.encodeIfPresent(settings[.temperature], forKey: .temperature)
        try body.encodeIfPresent(settings[.topP], forKey: .topP)
        try body.encodeIfPresent(settings[whole: .topK], forKey: .topK)
        try body.encodeIfPresent(settings[.minP], forKey: .minP)
        try body.encodeIfPresent(settings[whole: .maxTokens], forKey: .maxTokens)
        try body.encodeIfPresent(settings[whole: .seed], forKey: .seed)
    }
}

/// What this program reads of a streamed chunk, or of an error in its place.
struct ChatChunk: Decodable {
    struct Choice: Decodable {
        struct Delta: Decodable { let content: String? }
        let delta: Delta
    }
    struct Usage: Decodable {
        let completionTokens: Int
        private enum CodingKeys: String, CodingKey { case completionTokens = "completion_tokens" }
    }

    let choices: [Choice]?
    let usage: Usage?
    let error: APIErrorBody?
}

/// OpenAI's error envelope, as far as a person needs it.
struct APIErrorBody: Decodable {
    let message: String

    /// The message in a response's body, or the body itself where it is no envelope.
    static func message(in body: Data) -> String {
        struct Envelope: Decodable { let error: APIErrorBody }
        if let envelope = try? JSONDecoder().decode(Envelope.self, from: body) { return envelope.error.message }
        return String(decoding: body.prefix(500), as: UTF8.self)
    }
}

/// The part of `GET /v1/models` that says what is served.
struct ModelListBody: Decodable {
    struct Model: Decodable { let id: String }
    let data: [Model]
}
