internal import GRDB
internal import Storage

/// What a person changes of a chat; nil leaves it as it is.
package struct ChatChange: Sendable, Equatable {
    package var title: String?
    package var isPinned: Bool?
    package var model: String?
    package var settings: ChatSettings?
    /// Any message of the chat: the branch that ends there is opened.
    package var leaf: String?

    package init(
        title: String? = nil, isPinned: Bool? = nil, model: String? = nil, settings: ChatSettings? = nil,
        leaf: String? = nil
    ) {
        self.title = title
        self.isPinned = isPinned
        self.model = model
        self.settings = settings
        self.leaf = leaf
    }
}

extension ChatStore {
    /// - Returns: The chat as it is now; nil: the owner has no such chat.
    package func update(_ id: String, owner: String, _ change: ChatChange) async throws -> Chat? {
        var change = change
        change.title = try change.title.map(ChatRules.title)
        if let model = change.model { try ChatRules.check(model: model) }
        try change.settings?.check()
        return try await database.write { [change] connection in
            guard var chat = try ChatTable.find(id, owner: owner, in: connection) else { return nil }
            try Self.apply(change, to: &chat, in: connection)
            try ChatTable.update(chat, in: connection)
            if change.title != nil { try Self.indexTitle(of: chat, in: connection) }
            return chat
        }
    }

    private static func apply(_ change: ChatChange, to chat: inout Chat, in connection: Connection) throws {
        if let title = change.title {
            chat.title = title
            chat.titleOrigin = .person
        }
        if let isPinned = change.isPinned, isPinned != chat.isPinned {
            let pinned = try isPinned ? ChatTable.count(owner: chat.owner, pinned: true, in: connection) : 0
            guard pinned < Limits.pinnedChats else {
                throw ConversationsError(
                    .limitReached, "At most \(Limits.pinnedChats) chats can be pinned: unpin another one first.")
            }
            chat.isPinned = isPinned
        }
        if let leaf = change.leaf {
            guard try MessageTable.find(leaf, in: connection)?.chat == chat.id else {
                throw ConversationsError(.misplaced, "The message \(leaf) is not in this chat.", field: "leaf")
            }
            chat.leaf = leaf
        }
        chat.model = change.model ?? chat.model
        chat.settings = change.settings ?? chat.settings
    }

    /// Sets a title that a model made, unless a person has written one or the chat is gone.
    ///
    /// - Returns: nil: nothing was changed.
    package func setModelTitle(_ title: String, of id: String, owner: String) async throws -> Chat? {
        let title = try ChatRules.title(title)
        return try await database.write { connection in
            guard var chat = try ChatTable.find(id, owner: owner, in: connection), chat.titleOrigin != .person else {
                return nil
            }
            chat.title = title
            chat.titleOrigin = .model
            try ChatTable.update(chat, in: connection)
            try Self.indexTitle(of: chat, in: connection)
            return chat
        }
    }

    private static func indexTitle(of chat: Chat, in connection: Connection) throws {
        try SearchIndex.put(SearchTokens(indexing: chat.title), message: nil, of: chat, in: connection)
    }

    /// - Returns: false: the owner has no such chat.
    package func delete(_ id: String, owner: String) async throws -> Bool {
        let now = now()
        return try await database.write { connection in
            try connection.execute(
                sql: "UPDATE chat SET deleted = ? WHERE id = ? AND owner = ? AND deleted IS NULL",
                arguments: [now, id, owner])
            return connection.changesCount > 0
        }
    }

    /// Brings a deleted chat back, as it was. One that is not deleted stays as it is.
    ///
    /// - Returns: nil: the owner has no such chat, or no longer.
    package func restore(_ id: String, owner: String) async throws -> Chat? {
        try await database.write { connection in
            try connection.execute(
                sql: "UPDATE chat SET deleted = NULL WHERE id = ? AND owner = ?", arguments: [id, owner])
            return try ChatTable.find(id, owner: owner, in: connection)
        }
    }

    /// Removes for good what was deleted before that time, a few chats in each transaction.
    ///
    /// - Returns: How many chats.
    @discardableResult
    package func purge(deletedBefore time: Int) async throws -> Int {
        var total = 0
        while true {
            let removed = try await database.write { connection in
                try connection.execute(
                    sql: """
                        DELETE FROM chat WHERE number IN (SELECT number FROM chat WHERE deleted < ? LIMIT ?)
                        """, arguments: [time, Limits.purgeChats])
                return connection.changesCount
            }
            total += removed
            if removed < Limits.purgeChats { return total }
        }
    }

    /// Purges until the task is cancelled. `failed` hears the first error of each row of errors.
    package func run(failed: @Sendable (any Error) -> Void) async {
        var isFailing = false
        while !Task.isCancelled {
            do {
                try await purge(deletedBefore: now() - Limits.undoMilliseconds)
                isFailing = false
            } catch {
                if !isFailing, !Task.isCancelled { failed(error) }
                isFailing = true
            }
            try? await Task.sleep(for: Limits.purgeInterval)
        }
    }

    /// Removes for good everything of an account, what was deleted included. It is out of sight at once.
    package func removeAll(owner: String) async throws {
        let ids = try await database.write { connection in
            try connection.execute(sql: "UPDATE chat SET deleted = 0 WHERE owner = ?", arguments: [owner])
            return try String.fetchAll(connection, sql: "SELECT id FROM chat WHERE owner = ?", arguments: [owner])
        }
        try await purge(ids: ids)
    }

    /// Removes chats for good, a few in each transaction.
    func purge(ids: [String]) async throws {
        for start in stride(from: 0, to: ids.count, by: Limits.purgeChats) {
            let part = ids[start..<min(start + Limits.purgeChats, ids.count)]
            try await database.write { connection in
                let statement = try connection.cachedStatement(sql: "DELETE FROM chat WHERE id = ?")
                for id in part { try statement.execute(arguments: [id]) }
            }
        }
    }
}
