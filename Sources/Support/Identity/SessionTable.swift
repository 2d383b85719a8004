internal import Foundation
internal import GRDB
internal import Storage

/// The sessions in the database: plain SQL and nothing else.
enum SessionTable {
    /// Whoever holds a token, and since when the session has not been used.
    struct Holder: Sendable {
        var session: String
        var account: Account
        var lastUsed: Int
    }

    static func holder(of digest: TokenDigest, in connection: Connection) throws -> Holder? {
        let query = try connection.cachedStatement(
            sql: """
                SELECT account.*, account_session.id AS session, last_used FROM account_session
                JOIN account ON account.id = account_session.account
                WHERE digest = ? AND removal IS NULL AND is_disabled = 0
                """)
        return try Row.fetchOne(query, arguments: [Data(digest.bytes)]).map {
            Holder(session: $0["session"], account: AccountTable.account($0), lastUsed: $0["last_used"])
        }
    }

    /// Those of one account that were used at or after `oldest`, the last used first.
    static func all(of account: String, since oldest: Int, in connection: Connection) throws -> [Session] {
        let rows = try Row.fetchAll(
            connection,
            sql:
                "SELECT * FROM account_session WHERE account = ? AND last_used > ? ORDER BY last_used DESC, rowid DESC",
            arguments: [account, oldest])
        return rows.map {
            Session(
                id: $0["id"], created: $0["created"], lastUsed: $0["last_used"],
                visitor: Visitor(agent: $0["agent"], address: $0["address"]))
        }
    }

    static func insert(
        _ session: Session, of account: String, digest: TokenDigest, in connection: Connection
    ) throws {
        try connection.execute(
            sql: "INSERT INTO account_session VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                session.id, Data(digest.bytes), account, session.created, session.lastUsed, session.visitor.agent,
                session.visitor.address,
            ])
        // The oldest ones make room.
        try connection.execute(
            sql: """
                DELETE FROM account_session WHERE id IN (
                  SELECT id FROM account_session WHERE account = ? ORDER BY last_used DESC, rowid DESC
                  LIMIT -1 OFFSET ?)
                """, arguments: [account, Limits.sessionsPerAccount])
    }

    static func remove(id: String, in connection: Connection) throws {
        try connection.execute(sql: "DELETE FROM account_session WHERE id = ?", arguments: [id])
    }

    /// - Parameter kept: One that goes on.
    static func removeAll(of account: String, but kept: String? = nil, in connection: Connection) throws {
        try connection.execute(
            sql: "DELETE FROM account_session WHERE account = ? AND id IS NOT ?", arguments: [account, kept])
    }

    /// Those that were last used at `time` or before.
    static func removeAll(unusedSince time: Int, in connection: Connection) throws {
        try connection.execute(sql: "DELETE FROM account_session WHERE last_used <= ?", arguments: [time])
    }

    /// max: another process may know of a later use.
    static func used(_ id: String, at time: Int, in connection: Connection) throws {
        try connection.execute(
            sql: "UPDATE account_session SET last_used = max(last_used, ?) WHERE id = ?", arguments: [time, id])
    }
}
