/// The body of POST /tokenize (vLLM's): a text, or a chat whose prompt is wanted.
package struct TokenizeRequest: Decodable, Sendable {
    package enum Input: Sendable, Equatable {
        case text(String)
        case chat([ChatCompletionRequest.Message], PromptEnding)
    }

    package var model: String?
    package var input: Input
    package var addsSpecialTokens: Bool

    package init(from decoder: any Decoder) throws {
        let fields = try RequestFields(decoder)
        model = try fields.string("model")
        let messages = try fields.value(
            "messages", [ChatCompletionRequest.Message].self, "must be an array of messages")
        if let messages {
            guard !messages.isEmpty else { throw APIError.invalid("messages", "must hold at least one message") }
            input = .chat(messages, try PromptEnding(fields))
        } else if let prompt = try fields.string("prompt") {
            input = .text(prompt)
        } else {
            throw APIError.missing("prompt", "send 'prompt' (a string) or 'messages'")
        }
        addsSpecialTokens = try fields.boolean("add_special_tokens") ?? true
    }
}

/// The answer of /tokenize.
package struct TokenizeResponse: Codable, Sendable, Equatable {
    package var count: Int
    package var maxModelLength: Int
    package var tokens: [Int32]

    package init(tokens: [Int32], maxModelLength: Int) {
        self.count = tokens.count
        self.maxModelLength = maxModelLength
        self.tokens = tokens
    }

    enum CodingKeys: String, CodingKey {
        case count, tokens
        case maxModelLength = "max_model_len"
    }
}

/// The body of POST /detokenize (vLLM's).
package struct DetokenizeRequest: Decodable, Sendable {
    package var model: String?
    package var tokens: [Int32]

    package init(from decoder: any Decoder) throws {
        let fields = try RequestFields(decoder)
        model = try fields.string("model")
        guard let tokens = try fields.value("tokens", [Int32].self, "must be an array of token ids") else {
            throw APIError.missing("tokens", "send an array of token ids")
        }
        self.tokens = tokens
    }
}

/// The answer of /detokenize.
package struct DetokenizeResponse: Codable, Sendable, Equatable {
    package var prompt: String

    package init(prompt: String) { self.prompt = prompt }
}
