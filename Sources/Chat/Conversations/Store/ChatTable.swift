internal import GRDB
internal import Storage

/// Rows of chats: plain SQL and nothing else.
enum ChatTable {
    /// All that a `Chat` is read from.
    static let columns = """
        chat.*, EXISTS (
          SELECT 1 FROM message WHERE message.chat = chat.id AND message.state IN ('waiting', 'running')
        ) AS running
        """

    /// nil: there is none, it is somebody else's, or it was deleted.
    static func find(_ id: String, owner: String, in connection: Connection) throws -> Chat? {
        let query = try connection.cachedStatement(
            sql: "SELECT \(columns) FROM chat WHERE id = ? AND owner = ? AND deleted IS NULL")
        return try Row.fetchOne(query, arguments: [id, owner]).map(chat)
    }

    static func insert(_ chat: Chat, in connection: Connection) throws {
        try connection.cachedStatement(
            sql: """
                INSERT INTO chat (id, owner, title, title_origin, pinned, created, updated, model, settings, leaf)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                chat.id, chat.owner, chat.title, chat.titleOrigin.rawValue, chat.isPinned, chat.created, chat.updated,
                chat.model, StoredJSON.text(chat.settings), chat.leaf,
            ])
    }

    /// Writes everything of a chat that can change.
    static func update(_ chat: Chat, in connection: Connection) throws {
        try connection.cachedStatement(
            sql: """
                UPDATE chat SET title = ?, title_origin = ?, pinned = ?, updated = ?, model = ?, settings = ?, leaf = ?
                WHERE id = ?
                """
        ).execute(
            arguments: [
                chat.title, chat.titleOrigin.rawValue, chat.isPinned, chat.updated, chat.model,
                StoredJSON.text(chat.settings), chat.leaf, chat.id,
            ])
    }

    /// Chats of an account that are not deleted.
    static func count(owner: String, pinned: Bool = false, in connection: Connection) throws -> Int {
        let condition = pinned ? " AND pinned" : ""
        let query = try connection.cachedStatement(
            sql: "SELECT count(*) FROM chat WHERE owner = ? AND deleted IS NULL\(condition)")
        return try Int.fetchOne(query, arguments: [owner]) ?? 0
    }

    static func chat(_ row: Row) -> Chat {
        Chat(
            id: row["id"], owner: row["owner"], title: row["title"],
            titleOrigin: Chat.TitleOrigin(rawValue: row["title_origin"]) ?? .person, isPinned: row["pinned"],
            created: row["created"], updated: row["updated"], model: row["model"],
            settings: StoredJSON.value(row["settings"]) ?? ChatSettings(), leaf: row["leaf"],
            isRunning: row["running"])
    }
}
