/// The body of POST /v1/completions.
package struct CompletionRequest: Decodable, Sendable {
    package var prompts: [Prompt]
    package var parameters: GenerationParameters
    /// Whether the answer starts with the prompt.
    package var echo: Bool
    /// Whether the tokenizer's own beginning-of-text token is put before a prompt in text (vLLM's extra).
    package var addsSpecialTokens: Bool

    package init(from decoder: any Decoder) throws {
        let fields = try RequestFields(decoder)
        try UnsupportedFields.completion.check(fields)
        guard let field = try fields.value("prompt", PromptField.self, PromptField.rule) else {
            throw APIError.missing("prompt", "send a string, an array of strings, token ids or arrays of token ids")
        }
        guard !field.prompts.isEmpty else { throw APIError.invalid("prompt", "must not be an empty array") }
        prompts = field.prompts
        parameters = try GenerationParameters(fields)
        echo = try fields.boolean("echo") ?? false
        addsSpecialTokens = try fields.boolean("add_special_tokens") ?? true
        guard prompts.count * parameters.choices <= Limits.promptsTimesChoices else {
            throw APIError.invalid(
                "prompt",
                "times 'n' must not exceed \(Limits.promptsTimesChoices), but there are \(prompts.count) prompts and "
                    + "n is \(parameters.choices)")
        }
        try parameters.checkResume(choices: prompts.count * parameters.choices)
    }

    package enum Prompt: Sendable, Equatable {
        case text(String)
        case tokens([Int32])
    }
}

/// `prompt` in any of its four forms.
private struct PromptField: Decodable {
    static let rule = "must be a string, an array of strings, an array of token ids or an array of such arrays"
    let prompts: [CompletionRequest.Prompt]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            prompts = [.text(text)]
        } else if let texts = try? container.decode([String].self) {
            prompts = texts.map { .text($0) }
        } else if let tokens = try? container.decode([Int32].self) {
            prompts = [.tokens(tokens)]
        } else {
            prompts = try container.decode([[Int32]].self).map { .tokens($0) }
        }
    }
}
