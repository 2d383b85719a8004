internal import GRDB
internal import Storage

/// The texts that can be found, in the database.
enum SearchIndex {
    /// Replaces what a message, or without one its chat's title, is found by.
    static func put(_ tokens: SearchTokens, message: String?, of chat: Chat, in connection: Connection) throws {
        try remove(message: message, ofChat: chat.id, in: connection)
        guard !tokens.isEmpty else { return }
        try connection.cachedStatement(sql: "INSERT INTO search_entry (chat, message) VALUES (?, ?)")
            .execute(arguments: [chat.id, message])
        try connection.cachedStatement(
            sql: "INSERT INTO search_token (rowid, scope, words, characters) VALUES (?, ?, ?, ?)"
        ).execute(
            arguments: [
                connection.lastInsertedRowID, scope(owner: chat.owner, isTitle: message == nil),
                tokens.words.joined(separator: " "), tokens.characters.sorted().joined(separator: " "),
            ])
    }

    /// The same where only the chat's id is known.
    static func put(
        _ tokens: SearchTokens, message: String, ofChat chat: String, in connection: Connection
    ) throws {
        let query = try connection.cachedStatement(sql: "SELECT *, 0 AS running FROM chat WHERE id = ?")
        guard let chat = try Row.fetchOne(query, arguments: [chat]).map(ChatTable.chat) else { return }
        try put(tokens, message: message, of: chat, in: connection)
    }

    private static func remove(message: String?, ofChat chat: String, in connection: Connection) throws {
        try connection.cachedStatement(sql: "DELETE FROM search_entry WHERE chat = ? AND message IS ?")
            .execute(arguments: [chat, message])
    }

    /// A token by which the index itself leaves out what is somebody else's. Who may see what is checked again in the
    /// chats' own table: two accounts whose ids differ in case share this token.
    static func scope(owner: String, isTitle: Bool) -> String {
        "o" + owner.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.lowercased() + (isTitle ? "t" : "m")
    }
}
