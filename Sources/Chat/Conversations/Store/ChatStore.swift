internal import GRDB
package import Storage

/// The conversations of all accounts, in the database.
///
/// Who may see a chat is part of every statement: a method that takes an `owner` treats what is somebody else's, and
/// what was deleted, as if it did not exist. Methods may be called from any task and at the same time; each is one
/// transaction. They throw `StorageError`, or `ConversationsError` for what the caller asked wrongly.
package struct ChatStore: Sendable {
    /// The tables that the database must be opened with.
    package static let schema = ChatSchema.module

    let database: Storage.Database
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int

    package init(database: Storage.Database, now: @escaping @Sendable () -> Int = ChatClock.milliseconds) {
        self.database = database
        self.now = now
    }

    package func chat(_ id: String, owner: String) async throws -> Chat? {
        try await database.read { try ChatTable.find(id, owner: owner, in: $0) }
    }

    /// One page of an account's chats.
    package struct Page: Sendable, Equatable {
        package var chats: [Chat]
        /// nil: there are no more.
        package var next: ChatCursor?
    }

    /// The last changed ones first. The first page begins with all pinned ones, which are on no later page.
    ///
    /// - Parameter before: Where the page before ended; nil: the first page.
    package func chats(owner: String, before: ChatCursor? = nil, limit: Int = Limits.pageChats) async throws -> Page {
        let limit = min(max(limit, 1), Limits.pageChats)
        return try await database.read { connection in
            let pinned =
                before == nil
                ? try Row.fetchAll(
                    connection,
                    sql: """
                        SELECT \(ChatTable.columns) FROM chat WHERE owner = ? AND deleted IS NULL AND pinned
                        ORDER BY updated DESC, number DESC
                        """, arguments: [owner]) : []
            let others = try Row.fetchAll(
                connection,
                sql: """
                    SELECT \(ChatTable.columns) FROM chat
                    WHERE owner = ? AND deleted IS NULL AND NOT pinned AND (updated, number) < (?, ?)
                    ORDER BY updated DESC, number DESC LIMIT ?
                    """, arguments: [owner, before?.updated ?? Int.max, before?.number ?? 0, limit + 1])
            let shown = others.prefix(limit)
            let next = others.count > limit ? shown.last : nil
            return Page(
                chats: (pinned + shown).map(ChatTable.chat),
                next: next.map { ChatCursor(updated: $0["updated"], number: $0["number"]) })
        }
    }

    /// The whole tree of a chat that the caller has found with its owner: parents before children, older siblings
    /// before younger ones.
    package func messages(of chat: Chat) async throws -> [Message] {
        try await database.read { try MessageTable.all(of: chat.id, in: $0) }
    }

    /// A chat and its whole tree, as they were at one moment.
    package func tree(_ id: String, owner: String) async throws -> (chat: Chat, messages: [Message])? {
        try await database.read { connection in
            guard let chat = try ChatTable.find(id, owner: owner, in: connection) else { return nil }
            return (chat, try MessageTable.all(of: id, in: connection))
        }
    }

    package func message(_ id: String, owner: String) async throws -> (message: Message, chat: Chat)? {
        try await database.read { try Self.message(id, owner: owner, in: $0) }
    }

    static func message(
        _ id: String, owner: String, in connection: Connection
    ) throws -> (message: Message, chat: Chat)? {
        guard let message = try MessageTable.find(id, in: connection),
            let chat = try ChatTable.find(message.chat, owner: owner, in: connection)
        else { return nil }
        return (message, chat)
    }

    /// From the beginning to a message that the caller has found with its owner; empty: it is gone.
    package func branch(endingAt message: String) async throws -> [Message] {
        try await database.read { try MessageTable.branch(endingAt: message, in: $0) }
    }

    /// Answers that were being written: after a restart they go on. Those of deleted chats are among them, since a
    /// deleted chat may come back.
    package func openAnswers() async throws -> [(message: Message, chat: Chat)] {
        try await database.read { connection in
            try Row.fetchAll(
                connection, sql: "SELECT * FROM message WHERE state IN ('waiting', 'running') ORDER BY number"
            ).compactMap { row in
                let message = MessageTable.message(row)
                let chat = try Row.fetchOne(
                    connection, sql: "SELECT \(ChatTable.columns) FROM chat WHERE id = ?", arguments: [message.chat])
                return chat.map { (message, ChatTable.chat($0)) }
            }
        }
    }

    /// How many chats each account has; those without any are not named.
    package func counts() async throws -> [String: Int] {
        try await database.read { connection in
            let rows = try Row.fetchAll(
                connection, sql: "SELECT owner, count(*) AS chats FROM chat WHERE deleted IS NULL GROUP BY owner")
            return Dictionary(rows.map { ($0["owner"], $0["chats"]) }) { first, _ in first }
        }
    }
}
