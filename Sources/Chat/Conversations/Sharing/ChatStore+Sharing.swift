internal import GRDB
internal import Storage

extension ChatStore {
    /// Shares the open branch of a chat as it is now.
    ///
    /// - Returns: nil: the owner has no such chat.
    package func share(
        _ chat: String, owner: String, audience: Share.Audience, expires: Int? = nil
    ) async throws -> Share? {
        let now = now()
        if let expires, expires <= now || expires > Limits.latestTime {
            throw ConversationsError(.invalid, "A share ends in the future: choose a later time.", field: "expires")
        }
        return try await database.write { connection in
            guard let current = try ChatTable.find(chat, owner: owner, in: connection) else { return nil }
            let branch = try current.leaf.map { try MessageTable.branch(endingAt: $0, in: connection) } ?? []
            guard !branch.isEmpty else {
                throw ConversationsError(.invalid, "There is nothing to share in this chat yet.")
            }
            // Those that have ended show nothing, and only take room.
            try connection.execute(sql: "DELETE FROM share WHERE chat = ? AND expires <= ?", arguments: [chat, now])
            let count = try Int.fetchOne(
                connection, sql: "SELECT count(*) FROM share WHERE chat = ?", arguments: [chat])
            guard count ?? 0 < Limits.shares else {
                throw ConversationsError(
                    .limitReached, "A chat is shared at most \(Limits.shares) times at once: end a share first.")
            }
            let share = Share(
                id: RandomID.make(), chat: chat, token: RandomID.secret(), audience: audience, created: now,
                expires: expires, messages: branch.count)
            try connection.execute(
                sql: "INSERT INTO share VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    share.id, chat, share.token, audience.rawValue, now, expires, branch.count,
                    StoredJSON.text(SharedBranch(current, branch)),
                ])
            return share
        }
    }

    /// The newest first, without those that have ended.
    ///
    /// - Returns: nil: the owner has no such chat.
    package func shares(of chat: String, owner: String) async throws -> [Share]? {
        let now = now()
        return try await database.read { connection in
            guard try ChatTable.find(chat, owner: owner, in: connection) != nil else { return nil }
            return try Row.fetchAll(
                connection,
                sql: """
                    SELECT * FROM share WHERE chat = ? AND (expires IS NULL OR expires > ?)
                    ORDER BY created DESC, rowid DESC
                    """, arguments: [chat, now]
            ).map(Self.share)
        }
    }

    /// Ends a share.
    ///
    /// - Returns: false: the owner has no such share.
    package func revoke(share: String, owner: String) async throws -> Bool {
        try await database.write { connection in
            try connection.execute(
                sql: """
                    DELETE FROM share WHERE id = ?
                    AND chat IN (SELECT id FROM chat WHERE owner = ? AND deleted IS NULL)
                    """, arguments: [share, owner])
            return connection.changesCount > 0
        }
    }

    /// What a link shows; nil: it has ended, its chat was deleted, or there never was one. Who may see it, the caller
    /// decides by its audience.
    package func shared(_ token: String) async throws -> (share: Share, branch: SharedBranch)? {
        let now = now()
        return try await database.read { connection in
            // 96 bits find the row, and the rest is compared in a time that says nothing about it.
            guard
                let row = try Row.fetchOne(
                    connection,
                    sql: """
                        SELECT share.* FROM share JOIN chat ON chat.id = share.chat
                        WHERE substr(share.token, 1, 16) = ? AND chat.deleted IS NULL
                        AND (share.expires IS NULL OR share.expires > ?)
                        """, arguments: [String(token.prefix(16)), now])
            else { return nil }
            let share = Self.share(row)
            guard Self.isEqual(share.token, token), let branch: SharedBranch = StoredJSON.value(row["snapshot"]) else {
                return nil
            }
            return (share, branch)
        }
    }

    private static func isEqual(_ stored: String, _ given: String) -> Bool {
        stored.utf8.count == given.utf8.count && zip(stored.utf8, given.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func share(_ row: Row) -> Share {
        Share(
            id: row["id"], chat: row["chat"], token: row["token"],
            audience: Share.Audience(rawValue: row["audience"]) ?? .accounts, created: row["created"],
            expires: row["expires"], messages: row["messages"])
    }
}
