import Conversations

/// The body of POST /v1/chat/completions.
struct CompletionBody: Encodable {
    let call: CompletionCall

    private enum Key: String, CodingKey {
        case model, messages, stream, temperature, seed, stop
        case streamOptions = "stream_options"
        case includeUsage = "include_usage"
        case topP = "top_p"
        case topK = "top_k"
        case maxTokens = "max_tokens"
        case addGenerationPrompt = "add_generation_prompt"
        case continueFinalMessage = "continue_final_message"
    }

    func encode(to encoder: any Encoder) throws {
        var body = encoder.container(keyedBy: Key.self)
        try body.encode(call.model, forKey: .model)
        try body.encode(call.messages, forKey: .messages)
        try body.encode(true, forKey: .stream)
        var options = body.nestedContainer(keyedBy: Key.self, forKey: .streamOptions)
        try options.encode(true, forKey: .includeUsage)
        try body.encodeIfPresent(call.seed, forKey: .seed)
        try body.encodeIfPresent(call.settings.temperature, forKey: .temperature)
        try body.encodeIfPresent(call.settings.topP, forKey: .topP)
        try body.encodeIfPresent(call.settings.topK, forKey: .topK)
        try body.encodeIfPresent(call.settings.maxTokens, forKey: .maxTokens)
        if let stop = call.settings.stop, !stop.isEmpty { try body.encode(stop, forKey: .stop) }
        if call.continuesLast {
            // vLLM's names; engines without them take the last message for a finished one.
            try body.encode(false, forKey: .addGenerationPrompt)
            try body.encode(true, forKey: .continueFinalMessage)
        }
    }
}
