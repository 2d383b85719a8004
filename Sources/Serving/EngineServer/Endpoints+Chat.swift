import OpenAIAPI
import Tokenization

extension Endpoints {
    func chatCompletions(_ call: Call) async throws -> Answer {
        let request = try JSONBody.decode(ChatCompletionRequest.self, from: call.body)
        try check(model: request.parameters.model)
        let prompt = try render(request.messages, request.ending)
        // Else a thought that the template opens in the prompt would have no beginning in the answer's text.
        let opening = request.ending == .generationPrompt ? model.chatFormat?.answerOpening ?? "" : ""
        let generation = try start([prompt], request.parameters, call)
        let head = head("chatcmpl-", request.parameters, call)
        if request.parameters.stream {
            let includesUsage = request.parameters.includesUsage
            return .stream(
                StreamedAnswer(
                    generation: generation,
                    encoder: StreamEncoder(.chat, head: head, includesUsage: includesUsage),
                    openings: Array(repeating: opening, count: request.parameters.choices),
                    includesUsage: includesUsage, relay: request.parameters.relay))
        }
        let (choices, usage) = try await collect(generation)
        return try .json(
            ChatCompletion(
                head,
                choices: choices.enumerated().map { index, choice in
                    ChatCompletion.Choice(
                        index: index, message: ChatCompletion.Message(content: opening + choice.text),
                        finishReason: FinishReason(choice.finish.reason), stopReason: choice.finish.matchedStop)
                },
                usage: usage))
    }

    /// The prompt of a conversation, in the model's own format.
    func render(_ messages: [ChatCompletionRequest.Message], _ ending: PromptEnding) throws -> [TokenID] {
        guard let format = model.chatFormat else {
            throw APIError(
                .chatNotSupported,
                "The model '\(model.name)' has no chat template that is known here: use /v1/completions.",
                param: "model")
        }
        return try format.encode(
            messages.map { ChatMessage(role: $0.role.templateName, content: $0.content) },
            ending: ending.ofFormat, with: model.tokenizer)
    }
}

extension PromptEnding {
    fileprivate var ofFormat: ChatFormat.Ending {
        switch self {
        case .generationPrompt: .generationPrompt
        case .closedTurn: .closedTurn
        case .openAnswer: .openAnswer
        }
    }
}

extension ChatCompletionRequest.Role {
    /// The role's name in templates, which are older than `developer`.
    var templateName: String {
        switch self {
        case .system, .developer: "system"
        case .user: "user"
        case .assistant: "assistant"
        }
    }
}
