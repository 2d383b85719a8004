/// The body of POST /v1/chat/completions.
package struct ChatCompletionRequest: Decodable, Sendable {
    package var messages: [Message]
    package var parameters: GenerationParameters
    package var ending: PromptEnding

    package init(from decoder: any Decoder) throws {
        let fields = try RequestFields(decoder)
        try UnsupportedFields.chat.check(fields)
        guard let messages = try fields.value("messages", [Message].self, "must be an array of messages") else {
            throw APIError.missing("messages", "send an array of messages, each with 'role' and 'content'")
        }
        guard !messages.isEmpty else { throw APIError.invalid("messages", "must hold at least one message") }
        guard messages.count <= Limits.messages else {
            throw APIError.invalid(
                "messages", "must hold at most \(Limits.messages) messages, but has \(messages.count)")
        }
        self.messages = messages
        parameters = try GenerationParameters(fields)
        try parameters.checkResume(choices: parameters.choices)
        ending = try PromptEnding(fields)
    }
}

extension ChatCompletionRequest {
    package struct Message: Decodable, Sendable, Equatable {
        package var role: Role
        package var content: String

        package init(role: Role, content: String) {
            self.role = role
            self.content = content
        }

        package init(from decoder: any Decoder) throws {
            let fields = try RequestFields(decoder)
            let rule = "must be one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))"
            guard let name = try fields.string("role") else {
                throw APIError.missing(fields.path("role"), "it \(rule)")
            }
            guard let role = Role(rawValue: name) else {
                let quoted = name.prefix(Limits.quotedCharacters)
                throw APIError.invalid(fields.path("role"), "\(rule), but is '\(quoted)'")
            }
            self.role = role
            let content = try fields.value("content", Content.self, "must be a string or an array of text parts")
            if let calls = try fields.value("tool_calls", [JSONValue].self, "must be an array"), !calls.isEmpty {
                let param = fields.path("tool_calls")
                throw APIError(
                    .unsupportedParameter, "'\(param)': tools are not supported yet: leave it out.", param: param)
            }
            guard let content else {
                throw APIError.missing(fields.path("content"), "every message needs a text, which may be empty")
            }
            self.content = content.text
        }
    }

    package enum Role: String, Sendable, CaseIterable {
        case system
        /// OpenAI's newer name for `system`.
        case developer
        case user
        case assistant
    }
}

/// A message's content: a string, or parts of which we read the text ones.
private struct Content: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.text = text
        } else {
            // vLLM joins text parts by a newline, and so do we, so that the same request means the same prompt.
            text = try container.decode([Part].self).map(\.text).joined(separator: "\n")
        }
    }

    private struct Part: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let fields = try RequestFields(decoder)
            guard let type = try fields.string("type") else {
                throw APIError.missing(fields.path("type"), "use 'text'")
            }
            guard type == "text" else {
                let quoted = type.prefix(Limits.quotedCharacters)
                throw APIError.invalid(
                    fields.path("type"), "must be 'text', because this model reads text only, but is '\(quoted)'")
            }
            guard let text = try fields.string("text") else {
                throw APIError.missing(fields.path("text"), "a text part carries its text there")
            }
            self.text = text
        }
    }
}

/// How a chat's prompt ends (vLLM's extras): with the head of a new answer unless something else is asked for.
package enum PromptEnding: Sendable, Equatable {
    case generationPrompt
    /// `add_generation_prompt: false`.
    case closedTurn
    /// `continue_final_message: true`, which vLLM takes only without the other.
    case openAnswer

    init(_ fields: RequestFields) throws(APIError) {
        let adds = try fields.boolean("add_generation_prompt")
        guard try fields.boolean("continue_final_message") ?? false else {
            self = adds ?? true ? .generationPrompt : .closedTurn
            return
        }
        guard adds == false else {
            throw .invalid(
                fields.path("continue_final_message"), "is only allowed when 'add_generation_prompt' is false")
        }
        self = .openAnswer
    }
}
