package import Tokenization

/// What a choice had said on an engine that is gone.
///
/// The tokens become part of the prefill, nothing of them is handed out again, and the draws go on behind them: a draw
/// is a function of seed, choice and position, so the answer goes on as if it had never been cut.
package struct ResumedChoice: Sendable, Equatable {
    package var tokens: [TokenID]
    /// Whether its end was handed out as well, so that nothing is left to do.
    package var isFinished: Bool

    package init(tokens: [TokenID] = [], isFinished: Bool = false) {
        self.tokens = tokens
        self.isFinished = isFinished
    }
}

extension GenerationRequest {
    /// Choices that this engine has to bring to their end.
    package var openChoices: Int { choices - resume.count { $0.isFinished } }

    /// What is known of a choice; choices beyond `resume` start from nothing.
    func resumed(_ choice: Int) -> ResumedChoice {
        resume.indices.contains(choice) ? resume[choice] : ResumedChoice()
    }

    /// The most tokens that a choice may have: `maxTokens`, or what the context leaves.
    func tokenLimit(contextLength: Int) -> Int {
        let room = contextLength - prompt.count
        return min(maxTokens ?? room, room)
    }

    /// Refuses tokens that these parameters can not have brought forth. The prompt has to be sound.
    func checkResume(contextLength: Int, tokenizer: Tokenizer) throws(EngineError) {
        guard resume.count <= choices else {
            throw EngineError(
                .invalidResume, "\(resume.count) choices are to be continued, but the request has \(choices)")
        }
        for (choice, resumed) in resume.enumerated() {
            try check(resumed, choice, contextLength: contextLength, tokenizer: tokenizer)
        }
    }

    private func check(
        _ resumed: ResumedChoice, _ choice: Int, contextLength: Int, tokenizer: Tokenizer
    ) throws(EngineError) {
        let vocabulary = 0..<Int32(tokenizer.vocabularySize)
        if let unknown = resumed.tokens.first(where: { !vocabulary.contains($0.rawValue) }) {
            throw EngineError(
                .invalidResume,
                "choice \(choice) continues after token \(unknown.rawValue), which is outside the vocabulary of "
                    + "\(vocabulary.count) tokens", choice: choice)
        }
        let limit = tokenLimit(contextLength: contextLength)
        var answer = AnswerText(stop: stop, tokenLimit: limit, tokenizer: tokenizer)
        guard let ending = answer.replay(resumed.tokens), answer.tokenCount < resumed.tokens.count else { return }
        let reason =
            switch ending.reason {
            case .length: "may have \(limit) tokens at most"
            case .stop: "ends with token number \(answer.tokenCount)"
            }
        throw EngineError(
            .invalidResume, "choice \(choice) \(reason), but is to continue after \(resumed.tokens.count)",
            choice: choice)
    }
}
