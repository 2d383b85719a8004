package import Conversations

/// A chat as pages see it.
package struct ChatRecord: Encodable, Sendable, Equatable {
    package var id: String
    package var title: String
    package var pinned: Bool
    package var created: Int
    package var updated: Int
    package var model: String
    package var settings: ChatSettings
    package var leaf: String?
    package var running: Bool

    package init(_ chat: Chat) {
        id = chat.id
        title = chat.title
        pinned = chat.isPinned
        created = chat.created
        updated = chat.updated
        model = chat.model
        settings = chat.settings
        leaf = chat.leaf
        running = chat.isRunning
    }
}
