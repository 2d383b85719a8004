package import Conversations

/// Calls a model and tells what it answers, piece by piece.
///
/// A protocol, so that everything behind it is tested without a gateway.
package protocol CompletionClient: Sendable {
    /// Returns when the answer is complete. Cancelling the task ends the call and the model's work.
    ///
    /// - Parameter take: gets what arrived together, in order, and is waited for: the pace of whoever takes is the pace
    ///   of the stream.
    func stream(
        _ call: CompletionCall, take: @escaping @Sendable ([CompletionEvent]) async -> Void
    ) async throws
}

/// One call of a model. What its settings leave out is not sent.
package struct CompletionCall: Sendable, Equatable {
    /// The account in whose name it is made.
    package var caller: String
    package var model: String
    package var messages: [PromptMessage]
    package var settings: ChatSettings
    package var seed: Int?
    /// The last message is an answer that is to go on, and no new one begins.
    package var continuesLast: Bool

    package init(
        caller: String, model: String, messages: [PromptMessage], settings: ChatSettings = ChatSettings(),
        seed: Int? = nil, continuesLast: Bool = false
    ) {
        self.caller = caller
        self.model = model
        self.messages = messages
        self.settings = settings
        self.seed = seed
        self.continuesLast = continuesLast
    }
}

/// One message as a model is given it.
package struct PromptMessage: Sendable, Equatable, Encodable {
    package enum Role: String, Sendable, Encodable {
        case system, user, assistant
    }
    package var role: Role
    package var content: String

    package init(_ role: Role, _ content: String) {
        self.role = role
        self.content = content
    }
}

/// What a call tells on its way.
package enum CompletionEvent: Sendable, Equatable {
    case text(String)
    /// What a model thinks before it answers, where its engine keeps that apart.
    case reasoning(String)
    /// There is no instance for it yet.
    case waiting(WakeState)
    /// OpenAI's reason: `stop` or `length`.
    case finished(String)
    case usage(Message.Usage)
}

/// Where the start of an instance stands for which a call waits.
package struct WakeState: Sendable, Equatable {
    /// The gateway's word: `starting`, `queued` …
    package var state: String
    package var percent: Int?
    /// Seconds until there is an instance.
    package var remaining: Int?
    /// Calls that wait, this one among them.
    package var queued: Int

    package init(state: String, percent: Int? = nil, remaining: Int? = nil, queued: Int = 0) {
        self.state = state
        self.percent = percent
        self.remaining = remaining
        self.queued = queued
    }
}

/// Why a call failed, in the words of whoever refused it.
package struct CompletionError: Error, Sendable, Equatable {
    /// The HTTP status; 0: there was none.
    package var status: Int
    /// Stable: the gateway's or the engine's own, or one of ours below.
    package var code: String
    package var message: String

    package init(status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// The gateway cannot be reached, or the connection broke before there was anything.
    static let unreachableCode = "unreachable"
    /// The stream ended before the answer did.
    static let brokenOffCode = "connection_lost"

    /// The prompt and the answer do not fit. vLLM has no code for it but a sentence.
    package var saysContextIsFull: Bool {
        code == "context_length_exceeded" || message.contains("maximum context length")
            || message.contains("context size")
    }
}
