/// A question or an answer.
package struct Message: Sendable, Equatable {
    package enum Role: String, Sendable {
        case user, assistant
    }

    /// How far an answer is; questions are `done`.
    package enum State: String, Sendable {
        /// No text yet: its instance is starting, or others are before it.
        case waiting
        case running
        case done
        /// By a person.
        case stopped
        /// `error` says why; the text so far is kept.
        case failed

        package var isOpen: Bool { self == .waiting || self == .running }
    }

    package struct Failure: Sendable, Equatable, Codable {
        package var code: String
        package var message: String

        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// In tokens.
    package struct Usage: Sendable, Equatable, Codable {
        package var prompt: Int
        package var cached: Int
        package var completion: Int

        package init(prompt: Int, cached: Int, completion: Int) {
            self.prompt = prompt
            self.cached = cached
            self.completion = completion
        }
    }

    /// In milliseconds since the question was there.
    package struct Timing: Sendable, Equatable, Codable {
        package var firstToken: Int?
        package var total: Int

        package init(firstToken: Int?, total: Int) {
            self.firstToken = firstToken
            self.total = total
        }
    }

    package var id: String
    package var chat: String
    /// nil: the beginning of a branch.
    package var parent: String?
    package var role: Role
    package var content: String
    /// Milliseconds since 1970.
    package var created: Int
    package var model: String?
    package var state: State
    package var error: Failure?
    /// OpenAI's: `stop` or `length`.
    package var finishReason: String?
    package var usage: Usage?
    package var timing: Timing?
    /// Drawn once for each answer, so that the same request gives the same text again after a restart.
    package var seed: Int?
    /// The oldest message that the model was given, when earlier ones were left out.
    package var contextStart: String?

    package init(
        id: String, chat: String, parent: String?, role: Role, content: String, created: Int, model: String? = nil,
        state: State = .done, error: Failure? = nil, finishReason: String? = nil, usage: Usage? = nil,
        timing: Timing? = nil, seed: Int? = nil, contextStart: String? = nil
    ) {
        self.id = id
        self.chat = chat
        self.parent = parent
        self.role = role
        self.content = content
        self.created = created
        self.model = model
        self.state = state
        self.error = error
        self.finishReason = finishReason
        self.usage = usage
        self.timing = timing
        self.seed = seed
        self.contextStart = contextStart
    }
}
