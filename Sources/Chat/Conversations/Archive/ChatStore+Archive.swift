internal import GRDB
internal import Storage

extension ChatStore {
    /// The ids of all chats of an account, the oldest first: what an export goes through, one chat at a time.
    package func chatIDs(owner: String) async throws -> [String] {
        try await database.read {
            try String.fetchAll(
                $0, sql: "SELECT id FROM chat WHERE owner = ? AND deleted IS NULL ORDER BY number", arguments: [owner])
        }
    }

    /// Takes in all chats of a file, or none.
    ///
    /// A file may hold thousands of messages. They are stored by many short transactions as chats that were deleted,
    /// so that nobody who writes meanwhile waits long, and the last transaction brings all of them to light. Whatever
    /// interrupts that, nothing is seen of them, and purging takes them away.
    ///
    /// - Returns: The chats as they are stored.
    package func take(_ archive: ChatArchive, owner: String) async throws -> [Chat] {
        let chats = try archive.chats(for: owner)
        do {
            for (chat, messages) in chats { try await hide(chat, messages) }
            try await show(chats.map(\.chat), owner: owner)
        } catch {
            // Where this fails too, purging does it within the hour.
            try? await purge(ids: chats.map(\.chat.id))
            throw error
        }
        return chats.map(\.chat)
    }

    private func hide(_ chat: Chat, _ messages: [Message]) async throws {
        let now = now()
        let title = SearchTokens(indexing: chat.title)
        try await database.write { connection in
            // How many there are is looked at once, at the end: for each of thousands it would take the square of them.
            try ChatTable.insert(chat, in: connection)
            try connection.execute(sql: "UPDATE chat SET deleted = ? WHERE id = ?", arguments: [now, chat.id])
            try SearchIndex.put(title, message: nil, of: chat, in: connection)
        }
        var start = 0
        while start < messages.count {
            // One at least, and no more than the bound otherwise.
            var (end, bytes) = (start, 0)
            while end < messages.count, end == start || bytes + messages[end].content.utf8.count <= Limits.importBytes {
                bytes += messages[end].content.utf8.count
                end += 1
            }
            let part = messages[start..<end].map { ($0, SearchTokens(indexing: $0.shownContent)) }
            try await database.write { connection in
                for (message, tokens) in part {
                    try MessageTable.insert(message, in: connection)
                    try SearchIndex.put(tokens, message: message.id, of: chat, in: connection)
                }
            }
            start = end
        }
    }

    private func show(_ chats: [Chat], owner: String) async throws {
        try await database.write { connection in
            let statement = try connection.cachedStatement(sql: "UPDATE chat SET deleted = NULL WHERE id = ?")
            for chat in chats { try statement.execute(arguments: [chat.id]) }
            try Self.checkCount(owner: owner, in: connection)
            guard try ChatTable.count(owner: owner, pinned: true, in: connection) <= Limits.pinnedChats else {
                throw ConversationsError(
                    .limitReached,
                    "With these, more than \(Limits.pinnedChats) chats would be pinned: unpin some first.")
            }
        }
    }
}
