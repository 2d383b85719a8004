/// Token counts of one request, over all its choices.
package struct Usage: Codable, Sendable, Equatable {
    package struct PromptDetails: Codable, Sendable, Equatable {
        /// Prompt tokens whose keys and values were there already.
        package var cachedTokens: Int

        enum CodingKeys: String, CodingKey { case cachedTokens = "cached_tokens" }
    }

    package var promptTokens: Int
    package var completionTokens: Int
    package var totalTokens: Int
    package var promptDetails: PromptDetails

    package init(promptTokens: Int, completionTokens: Int, cachedTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        totalTokens = promptTokens + completionTokens
        promptDetails = PromptDetails(cachedTokens: cachedTokens)
    }

    enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case totalTokens = "total_tokens"
        case promptDetails = "prompt_tokens_details"
    }
}

/// Why a choice ended.
package enum FinishReason: String, Codable, Sendable {
    case stop
    case length
}

/// The answer of /v1/chat/completions when it is not streamed.
package struct ChatCompletion: Codable, Sendable, Equatable {
    package struct Choice: Codable, Sendable, Equatable {
        package var index: Int
        package var message: Message
        package var finishReason: FinishReason
        /// vLLM's extra: the stop string that matched.
        package var stopReason: String?

        package init(index: Int, message: Message, finishReason: FinishReason, stopReason: String?) {
            self.index = index
            self.message = message
            self.finishReason = finishReason
            self.stopReason = stopReason
        }

        enum CodingKeys: String, CodingKey {
            case index, message
            case finishReason = "finish_reason"
            case stopReason = "stop_reason"
        }
    }

    package struct Message: Codable, Sendable, Equatable {
        package var role: String
        package var content: String

        package init(role: String = "assistant", content: String) {
            self.role = role
            self.content = content
        }
    }

    package var id: String
    package var object = "chat.completion"
    package var created: Int
    package var model: String
    package var systemFingerprint: String
    package var choices: [Choice]
    package var usage: Usage

    package init(_ head: ResponseHead, choices: [Choice], usage: Usage) {
        id = head.id
        created = head.created
        model = head.model
        systemFingerprint = head.fingerprint
        self.choices = choices
        self.usage = usage
    }

    enum CodingKeys: String, CodingKey {
        case id, object, created, model, choices, usage
        case systemFingerprint = "system_fingerprint"
    }
}

/// The answer of /v1/completions when it is not streamed.
package struct Completion: Codable, Sendable, Equatable {
    package struct Choice: Codable, Sendable, Equatable {
        package var index: Int
        package var text: String
        package var finishReason: FinishReason
        /// vLLM's extra: the stop string that matched.
        package var stopReason: String?

        package init(index: Int, text: String, finishReason: FinishReason, stopReason: String?) {
            self.index = index
            self.text = text
            self.finishReason = finishReason
            self.stopReason = stopReason
        }

        enum CodingKeys: String, CodingKey {
            case index, text
            case finishReason = "finish_reason"
            case stopReason = "stop_reason"
        }
    }

    package var id: String
    package var object = "text_completion"
    package var created: Int
    package var model: String
    package var systemFingerprint: String
    package var choices: [Choice]
    package var usage: Usage

    package init(_ head: ResponseHead, choices: [Choice], usage: Usage) {
        id = head.id
        created = head.created
        model = head.model
        systemFingerprint = head.fingerprint
        self.choices = choices
        self.usage = usage
    }

    enum CodingKeys: String, CodingKey {
        case id, object, created, model, choices, usage
        case systemFingerprint = "system_fingerprint"
    }
}

/// What every answer, and every chunk of a streamed one, repeats.
package struct ResponseHead: Sendable, Equatable {
    package var id: String
    /// Seconds since 1970.
    package var created: Int
    package var model: String
    package var fingerprint: String

    package init(id: String, created: Int, model: String, fingerprint: String) {
        self.id = id
        self.created = created
        self.model = model
        self.fingerprint = fingerprint
    }
}
