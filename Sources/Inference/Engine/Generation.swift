package import Sampling
package import Tokenization

/// One request to generate text: a prompt and how to go on from it.
package struct GenerationRequest: Sendable {
    /// The request id, which appears in logs and errors.
    package var id: String
    /// The prompt, not empty.
    package var prompt: [TokenID]
    /// How many independent answers to generate (`n`), at least 1.
    package var choices: Int
    package var sampling: SamplingParameters
    /// The most tokens to generate for each choice; nil: as many as the context holds.
    package var maxTokens: Int?
    package var stop: StopConditions
    /// Requests share the prefix cache only with those of the same salt, so that nobody learns from the time of an
    /// answer what others have asked.
    package var cacheSalt: String
    /// What the first choices have said already, at most `choices` of them; empty for a new request.
    package var resume: [ResumedChoice]

    package init(
        id: String, prompt: [TokenID], choices: Int = 1, sampling: SamplingParameters = SamplingParameters(),
        maxTokens: Int? = nil, stop: StopConditions = StopConditions(), cacheSalt: String = "",
        resume: [ResumedChoice] = []
    ) {
        self.id = id
        self.prompt = prompt
        self.choices = choices
        self.sampling = sampling
        self.maxTokens = maxTokens
        self.stop = stop
        self.cacheSalt = cacheSalt
        self.resume = resume
    }
}

/// What ends a choice before its token limit.
package struct StopConditions: Sendable, Equatable {
    /// Text that ends the answer, not empty strings.
    package var strings: [String]
    /// Tokens that end the answer, besides the model's own end-of-generation tokens.
    package var tokens: [TokenID]
    /// Whether a matched string stays in the answer.
    package var includesMatch: Bool
    /// Whether the model's end-of-generation tokens are ignored.
    package var ignoresEndOfGeneration: Bool

    package init(
        strings: [String] = [], tokens: [TokenID] = [], includesMatch: Bool = false,
        ignoresEndOfGeneration: Bool = false
    ) {
        self.strings = strings
        self.tokens = tokens
        self.includesMatch = includesMatch
        self.ignoresEndOfGeneration = ignoresEndOfGeneration
    }
}

/// A piece of one choice's answer.
package struct GenerationEvent: Sendable {
    /// 0 ..< `GenerationRequest.choices`.
    package var choice: Int
    /// Whole characters only; may be empty while a character or a possible stop string is incomplete.
    package var text: String
    /// The token that was drawn; none where the tokens of a resumed choice end it.
    package var tokens: [TokenID]
    /// Set on the last event of the choice.
    package var finish: Finish?

    package init(choice: Int, text: String, tokens: [TokenID], finish: Finish? = nil) {
        self.choice = choice
        self.text = text
        self.tokens = tokens
        self.finish = finish
    }

    package struct Finish: Sendable {
        package enum Reason: String, Sendable {
            /// A stop string, a stop token or the model's end of generation.
            case stop
            /// The token limit or the context's end.
            case length
        }
        package var reason: Reason
        /// The stop string that matched, if one did.
        package var matchedStop: String?
        /// Tokens of the prompt that were in the prefix cache when the choice began.
        package var cachedPromptTokens: Int
        package var timings: Timings

        package init(
            reason: Reason, matchedStop: String? = nil, cachedPromptTokens: Int = 0, timings: Timings
        ) {
            self.reason = reason
            self.matchedStop = matchedStop
            self.cachedPromptTokens = cachedPromptTokens
            self.timings = timings
        }
    }

    /// Seconds spent by one choice in each stage.
    package struct Timings: Sendable {
        package var queued: Double
        package var prefill: Double
        package var decode: Double

        package init(queued: Double, prefill: Double, decode: Double) {
            self.queued = queued
            self.prefill = prefill
            self.decode = decode
        }
    }
}
