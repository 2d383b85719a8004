internal import GRDB
internal import Storage

/// Rows of messages: plain SQL and nothing else.
enum MessageTable {
    static func find(_ id: String, in connection: Connection) throws -> Message? {
        let query = try connection.cachedStatement(sql: "SELECT * FROM message WHERE id = ?")
        return try Row.fetchOne(query, arguments: [id]).map(message)
    }

    /// In the order in which they came: parents before children, older siblings before younger ones.
    static func all(of chat: String, in connection: Connection) throws -> [Message] {
        let query = try connection.cachedStatement(sql: "SELECT * FROM message WHERE chat = ? ORDER BY number")
        return try Row.fetchAll(query, arguments: [chat]).map(message)
    }

    /// The oldest message under `parent`; nil: the oldest of the chat's beginnings.
    static func first(under parent: String?, of chat: String, in connection: Connection) throws -> Message? {
        let query = try connection.cachedStatement(
            sql: "SELECT * FROM message WHERE chat = ? AND parent IS ? ORDER BY number LIMIT 1")
        return try Row.fetchOne(query, arguments: [chat, parent]).map(message)
    }

    static func count(of chat: String, in connection: Connection) throws -> Int {
        let query = try connection.cachedStatement(sql: "SELECT count(*) FROM message WHERE chat = ?")
        return try Int.fetchOne(query, arguments: [chat]) ?? 0
    }

    /// From the beginning of its branch to the message itself; empty: there is no such message.
    static func branch(endingAt id: String, in connection: Connection) throws -> [Message] {
        let query = try connection.cachedStatement(
            sql: """
                WITH RECURSIVE line (id, depth) AS (
                  SELECT ?, 0
                  UNION ALL
                  SELECT message.parent, depth + 1 FROM line JOIN message ON message.id = line.id
                  WHERE message.parent IS NOT NULL AND depth < ?
                )
                SELECT message.* FROM line JOIN message ON message.id = line.id ORDER BY depth DESC
                """)
        return try Row.fetchAll(query, arguments: [id, Limits.messages]).map(message)
    }

    static func insert(_ message: Message, in connection: Connection) throws {
        try connection.cachedStatement(
            sql: """
                INSERT INTO message (
                  id, chat, parent, role, content, created, model, state, error, finish_reason, usage, timing, seed,
                  context_start
                ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                message.id, message.chat, message.parent, message.role.rawValue, message.content.withoutNull,
                message.created,
                message.model, message.state.rawValue, message.error.map(StoredJSON.text), message.finishReason,
                message.usage.map(StoredJSON.text), message.timing.map(StoredJSON.text), message.seed,
                message.contextStart,
            ])
    }

    /// Writes what changes while an answer grows.
    static func update(_ message: Message, in connection: Connection) throws {
        try connection.cachedStatement(
            sql: """
                UPDATE message SET content = ?, state = ?, error = ?, finish_reason = ?, usage = ?, timing = ?,
                  context_start = ?, model = ?, seed = ?
                WHERE id = ?
                """
        ).execute(
            arguments: [
                message.content.withoutNull, message.state.rawValue, message.error.map(StoredJSON.text),
                message.finishReason,
                message.usage.map(StoredJSON.text), message.timing.map(StoredJSON.text), message.contextStart,
                message.model, message.seed, message.id,
            ])
    }

    static func message(_ row: Row) -> Message {
        Message(
            id: row["id"], chat: row["chat"], parent: row["parent"],
            role: Message.Role(rawValue: row["role"]) ?? .user, content: row["content"], created: row["created"],
            model: row["model"], state: Message.State(rawValue: row["state"]) ?? .failed,
            error: StoredJSON.value(row["error"]), finishReason: row["finish_reason"],
            usage: StoredJSON.value(row["usage"]), timing: StoredJSON.value(row["timing"]), seed: row["seed"],
            contextStart: row["context_start"])
    }
}
