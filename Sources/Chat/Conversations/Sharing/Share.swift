/// A branch of a chat as it was when it was shared, for others to read.
package struct Share: Sendable, Equatable {
    package enum Audience: String, Sendable, CaseIterable {
        /// Whoever has the link.
        case anyone
        /// Whoever has the link and is signed in.
        case accounts
    }

    package var id: String
    package var chat: String
    /// What the link has. It is stored as it is, not hashed like a key, because its owner's list shows the link again;
    /// whoever reads the database reads the chats themselves.
    package var token: String
    package var audience: Audience
    /// Milliseconds since 1970.
    package var created: Int
    /// nil: never.
    package var expires: Int?
    /// How many are shown.
    package var messages: Int
}

/// What a share shows: nothing that came later, no system prompt, and nothing that a model thought.
package struct SharedBranch: Sendable, Equatable, Codable {
    package struct Line: Sendable, Equatable, Codable {
        package var role: String
        package var content: String
    }
    package var title: String
    package var model: String
    package var messages: [Line]

    init(_ chat: Chat, _ branch: [Message]) {
        title = chat.title
        model = branch.last { $0.model != nil }?.model ?? chat.model
        messages = branch.map { Line(role: $0.role.rawValue, content: $0.shownContent) }
    }
}
