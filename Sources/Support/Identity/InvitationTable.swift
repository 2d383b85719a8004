internal import Foundation
internal import GRDB
internal import Storage

/// The invitations in the database: plain SQL and nothing else.
enum InvitationTable {
    /// The newest first.
    static func all(in connection: Connection) throws -> [Invitation] {
        let rows = try Row.fetchAll(
            connection,
            sql: """
                SELECT account_invitation.*, account.name AS user FROM account_invitation
                LEFT JOIN account ON account.id = used_by
                ORDER BY account_invitation.created DESC, account_invitation.rowid DESC
                """)
        return rows.map {
            Invitation(
                id: $0["id"], note: $0["note"], created: $0["created"], expires: $0["expires"], usedBy: $0["user"])
        }
    }

    static func insert(_ invitation: Invitation, digest: TokenDigest, in connection: Connection) throws {
        try connection.execute(
            sql: "INSERT INTO account_invitation (id, digest, note, created, expires) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                invitation.id, Data(digest.bytes), invitation.note, invitation.created, invitation.expires,
            ])
    }

    /// Whether somebody may still use it.
    static func isValid(_ digest: TokenDigest, at now: Int, in connection: Connection) throws -> Bool {
        let sql = "SELECT 1 FROM account_invitation WHERE digest = ? AND used_by IS NULL AND expires > ?"
        return try Bool.fetchOne(connection, sql: sql, arguments: [Data(digest.bytes), now]) ?? false
    }

    /// Uses it up. False: somebody did before, or it has expired, or there is none.
    static func use(_ digest: TokenDigest, by account: String, at now: Int, in connection: Connection) throws -> Bool {
        try connection.execute(
            sql: """
                UPDATE account_invitation SET used_by = ? WHERE digest = ? AND used_by IS NULL AND expires > ?
                """, arguments: [account, Data(digest.bytes), now])
        return connection.changesCount == 1
    }

    /// Those that wait to be used.
    static func count(at now: Int, in connection: Connection) throws -> Int {
        let sql = "SELECT count(*) FROM account_invitation WHERE used_by IS NULL AND expires > ?"
        return try Int.fetchOne(connection, sql: sql, arguments: [now]) ?? 0
    }

    /// False: there is none.
    static func remove(id: String, in connection: Connection) throws -> Bool {
        try connection.execute(sql: "DELETE FROM account_invitation WHERE id = ?", arguments: [id])
        return connection.changesCount == 1
    }

    static func removeAll(expiredBefore time: Int, in connection: Connection) throws {
        try connection.execute(
            sql: "DELETE FROM account_invitation WHERE used_by IS NULL AND expires < ?", arguments: [time])
    }
}
