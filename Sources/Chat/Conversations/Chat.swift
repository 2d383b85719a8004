/// A conversation: a tree of messages, of which one branch is open.
package struct Chat: Sendable, Equatable {
    package var id: String
    /// The account that it belongs to.
    package var owner: String
    package var title: String
    package var titleOrigin: TitleOrigin
    package var isPinned: Bool
    /// Milliseconds since 1970, as all times here.
    package var created: Int
    /// When something was last said in it.
    package var updated: Int
    /// The service that answers.
    package var model: String
    package var settings: ChatSettings
    /// The last message of the open branch.
    package var leaf: String?
    /// Whether an answer of it is being written; known by what is read from the store, and never written.
    package var isRunning: Bool

    /// Where a title comes from: each replaces the ones before it, and nothing replaces what a person wrote.
    package enum TitleOrigin: Int, Sendable {
        case firstLine, model, person
    }

    package init(
        id: String, owner: String, title: String, titleOrigin: TitleOrigin = .firstLine, isPinned: Bool = false,
        created: Int, updated: Int, model: String, settings: ChatSettings = ChatSettings(), leaf: String? = nil,
        isRunning: Bool = false
    ) {
        self.id = id
        self.owner = owner
        self.title = title
        self.titleOrigin = titleOrigin
        self.isPinned = isPinned
        self.created = created
        self.updated = updated
        self.model = model
        self.settings = settings
        self.leaf = leaf
        self.isRunning = isRunning
    }
}

/// How a chat is answered. What is nil is not sent to the engine, whose own default counts then.
package struct ChatSettings: Sendable, Equatable, Codable {
    package var systemPrompt: String?
    package var temperature: Double?
    package var topP: Double?
    package var topK: Int?
    package var maxTokens: Int?
    package var seed: Int?
    package var stop: [String]?

    package init() {}
}
