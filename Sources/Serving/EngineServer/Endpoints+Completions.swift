import OpenAIAPI
import Tokenization

extension Endpoints {
    func completions(_ call: Call) async throws -> Answer {
        let request = try JSONBody.decode(CompletionRequest.self, from: call.body)
        try check(model: request.parameters.model)
        let prompts = try request.prompts.map { try tokens(of: $0, addsSpecialTokens: request.addsSpecialTokens) }
        let echoes = request.echo ? self.echoes(request, prompts) : []
        let generation = try start(prompts, request.parameters, call)
        let head = head("cmpl-", request.parameters, call)
        if request.parameters.stream {
            let includesUsage = request.parameters.includesUsage
            return .stream(
                StreamedAnswer(
                    generation: generation,
                    encoder: StreamEncoder(.completion, head: head, includesUsage: includesUsage),
                    openings: echoes, includesUsage: includesUsage, relay: request.parameters.relay))
        }
        let (choices, usage) = try await collect(generation)
        return try .json(
            Completion(
                head,
                choices: choices.enumerated().map { index, choice in
                    Completion.Choice(
                        index: index, text: (echoes.isEmpty ? "" : echoes[index]) + choice.text,
                        finishReason: FinishReason(choice.finish.reason), stopReason: choice.finish.matchedStop)
                },
                usage: usage))
    }

    /// Callers of this route write the model's special tokens themselves, so these are read as such.
    private func tokens(of prompt: CompletionRequest.Prompt, addsSpecialTokens: Bool) throws(APIError) -> [TokenID] {
        let tokens =
            switch prompt {
            case .text(let text):
                model.tokenizer.encode(
                    text, addBOS: addsSpecialTokens && model.tokenizer.addsBOS, parsesSpecials: true)
            case .tokens(let numbers): try vocabularyTokens(numbers, param: "prompt")
            }
        guard !tokens.isEmpty else {
            throw APIError(.invalidValue, "The prompt is empty: send at least one token.", param: "prompt")
        }
        return tokens
    }

    /// The prompt's text for each choice.
    private func echoes(_ request: CompletionRequest, _ prompts: [[TokenID]]) -> [String] {
        zip(request.prompts, prompts).flatMap { prompt, tokens in
            let text =
                switch prompt {
                case .text(let text): text
                case .tokens: model.tokenizer.decode(tokens)
                }
            return Array(repeating: text, count: request.parameters.choices)
        }
    }
}
