package import Conversations

/// A message as pages see it. Its seed stays here: it is how the server repeats a request, and nothing to set.
package struct MessageRecord: Encodable, Sendable, Equatable {
    package var id: String
    package var chat: String
    package var parent: String?
    package var role: String
    package var content: String
    package var created: Int
    package var model: String?
    package var state: String
    package var error: Message.Failure?
    package var finishReason: String?
    package var usage: Message.Usage?
    package var timing: Message.Timing?
    package var contextStart: String?

    package init(_ message: Message) {
        id = message.id
        chat = message.chat
        parent = message.parent
        role = message.role.rawValue
        content = message.content
        created = message.created
        model = message.model
        state = message.state.rawValue
        error = message.error
        finishReason = message.finishReason
        usage = message.usage
        timing = message.timing
        contextStart = message.contextStart
    }
}

/// A chat with messages of it: all, or those that a request has begun.
package struct ChatWithMessages: Encodable, Sendable, Equatable {
    package var chat: ChatRecord
    package var messages: [MessageRecord]

    package init(_ chat: Chat, _ messages: [Message]) {
        self.chat = ChatRecord(chat)
        self.messages = messages.map(MessageRecord.init)
    }
}
