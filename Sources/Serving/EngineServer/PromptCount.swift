import Engine
import OpenAIAPI

/// The prompts of one request, as its usage counts them.
struct PromptCount: Sendable {
    var prompts: Int
    var choicesPerPrompt: Int
    /// Over all prompts.
    var tokens: Int

    var choices: Int { prompts * choicesPerPrompt }

    /// What the request has cost. A prompt's token counts as cached when none of its choices computed it.
    ///
    /// - Parameter finishes: how each choice ended; nil where that was told by another engine.
    func usage(completionTokens: Int, finishes: [GenerationEvent.Finish?]) -> Usage {
        let cached = stride(from: 0, to: choices, by: choicesPerPrompt).reduce(0) { sum, first in
            let known = finishes[first..<first + choicesPerPrompt].lazy.compactMap { $0?.cachedPromptTokens }
            return sum + (known.min() ?? 0)
        }
        return Usage(promptTokens: tokens, completionTokens: completionTokens, cachedTokens: cached)
    }
}
