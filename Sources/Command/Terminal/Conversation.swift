/// What has been said so far, and what a request to continue it holds.
package struct Conversation: Sendable, Equatable {
    package enum Role: String, Codable, Sendable {
        case system, user, assistant
    }

    package struct Message: Codable, Sendable, Equatable {
        package let role: Role
        package let content: String

        package init(_ role: Role, _ content: String) {
            self.role = role
            self.content = content
        }
    }

    /// The instruction that stands before everything else, if the user gave one.
    package var system: String?
    package var settings = SamplingSettings()
    package private(set) var messages: [Message] = []

    package init() {}

    package mutating func ask(_ question: String) { messages.append(Message(.user, question)) }

    /// Keeps an answer, also one that was stopped: what the user has read is part of the conversation.
    package mutating func keep(answer: String) { messages.append(Message(.assistant, answer)) }

    /// Takes back a question that got no answer, so that it can be asked again.
    package mutating func withdrawQuestion() {
        if messages.last?.role == .user { messages.removeLast() }
    }

    package mutating func clear() { messages.removeAll() }

    /// The messages of a request, the instruction first.
    package var prompt: [Message] {
        (system.map { [Message(.system, $0)] } ?? []) + messages
    }
}
