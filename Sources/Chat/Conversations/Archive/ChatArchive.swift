internal import Foundation

/// Chats as a file of ours: everything that is needed to have them again elsewhere.
///
/// `{"format": "pronk.chats", "version": 1, "chats": […]}`; each chat has its whole tree. Ids hold a chat together and
/// mean nothing outside it: whoever takes the file in gives new ones.
package struct ChatArchive: Sendable, Equatable, Codable {
    package static let format = "pronk.chats"
    package static let version = 1

    package struct Entry: Sendable, Equatable, Codable {
        package var title: String
        package var titleOrigin: String?
        package var pinned: Bool?
        package var created: Int
        package var updated: Int
        package var model: String
        package var settings: ChatSettings?
        package var leaf: String?
        package var messages: [Line]
    }

    package struct Line: Sendable, Equatable, Codable {
        package var id: String
        package var parent: String?
        package var role: String
        package var content: String
        package var created: Int
        package var model: String?
        package var state: String?
        package var error: Message.Failure?
        package var finishReason: String?
        package var usage: Message.Usage?
        package var timing: Message.Timing?
        package var seed: Int?
        package var contextStart: String?
    }

    package var format = Self.format
    package var version = Self.version
    package var chats: [Entry]

    package init(_ chats: [(chat: Chat, messages: [Message])]) {
        self.chats = chats.map(Entry.init)
    }

    package func encoded() -> [UInt8] { Array(StoredJSON.text(self).utf8) }
}

extension ChatArchive.Entry {
    package init(_ chat: Chat, _ messages: [Message]) {
        title = chat.title
        titleOrigin = chat.titleOrigin.name
        pinned = chat.isPinned ? true : nil
        created = chat.created
        updated = chat.updated
        model = chat.model
        settings = chat.settings == ChatSettings() ? nil : chat.settings
        leaf = chat.leaf
        self.messages = messages.map(ChatArchive.Line.init)
    }

    package func encoded() -> [UInt8] { Array(StoredJSON.text(self).utf8) }
}

extension ChatArchive.Line {
    init(_ message: Message) {
        id = message.id
        parent = message.parent
        role = message.role.rawValue
        content = message.content
        created = message.created
        model = message.model
        // Nobody goes on writing an answer of a file.
        let state: Message.State = message.state.isOpen ? .stopped : message.state
        self.state = state == .done ? nil : state.rawValue
        error = message.error
        finishReason = message.finishReason
        usage = message.usage
        timing = message.timing
        seed = message.seed
        contextStart = message.contextStart
    }
}

extension Chat.TitleOrigin {
    private static let names: [(origin: Self, name: String)] = [
        (.firstLine, "firstLine"), (.model, "model"), (.person, "person"),
    ]

    var name: String { Self.names.first { $0.origin == self }?.name ?? "person" }

    init?(name: String) {
        guard let origin = Self.names.first(where: { $0.name == name })?.origin else { return nil }
        self = origin
    }
}
