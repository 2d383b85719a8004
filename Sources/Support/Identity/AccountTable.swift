internal import Foundation
internal import GRDB
internal import Storage

/// The accounts in the database: plain SQL and nothing else.
enum AccountTable {
    /// An account with what is stored of its password.
    struct Credentials: Sendable {
        var account: Account
        var password: String
    }

    /// Whatever is being removed is found no more.
    private static let present = "FROM account WHERE removal IS NULL"

    static func account(_ row: Row) -> Account {
        Account(
            id: row["id"], name: row["name"], displayName: row["display_name"],
            role: Account.Role(rawValue: row["role"]) ?? .user, created: row["created"],
            isDisabled: row["is_disabled"], preferences: row["preferences"])
    }

    private static func credentials(_ row: Row) -> Credentials {
        Credentials(account: account(row), password: row["password"])
    }

    static func credentials(foldedName: String, in connection: Connection) throws -> Credentials? {
        try Row.fetchOne(connection, sql: "SELECT * \(present) AND folded_name = ?", arguments: [foldedName])
            .map(credentials)
    }

    static func credentials(id: String, in connection: Connection) throws -> Credentials? {
        try Row.fetchOne(connection, sql: "SELECT * \(present) AND id = ?", arguments: [id]).map(credentials)
    }

    /// All of them, the oldest first, without their preferences: those may be large, and are their owners' alone.
    static func all(in connection: Connection) throws -> [AccountListing] {
        let columns = "id, name, display_name, role, is_disabled, '{}' AS preferences, created, last_seen"
        return try Row.fetchAll(connection, sql: "SELECT \(columns) \(present) ORDER BY created, rowid").map {
            AccountListing(account: account($0), lastSeen: $0["last_seen"])
        }
    }

    /// Also those that are being removed.
    static func count(in connection: Connection) throws -> Int {
        try Int.fetchOne(connection, sql: "SELECT count(*) FROM account") ?? 0
    }

    /// Those who can administer, but for `id`.
    static func administrators(besides id: String? = nil, in connection: Connection) throws -> Int {
        let sql = "SELECT count(*) \(present) AND role = 'admin' AND is_disabled = 0 AND id IS NOT ?"
        return try Int.fetchOne(connection, sql: sql, arguments: [id]) ?? 0
    }

    /// False: somebody has the name.
    static func insert(
        _ account: Account, foldedName: String, password: String, in connection: Connection
    ) throws -> Bool {
        try connection.execute(
            sql: """
                INSERT INTO account (id, name, folded_name, display_name, role, password, created)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folded_name) DO NOTHING
                """,
            arguments: [
                account.id, account.name, foldedName, account.displayName, account.role.rawValue, password,
                account.created,
            ])
        return connection.changesCount == 1
    }

    /// Everything but the name and the password.
    static func update(_ account: Account, in connection: Connection) throws {
        try connection.execute(
            sql: "UPDATE account SET display_name = ?, role = ?, is_disabled = ?, preferences = ? WHERE id = ?",
            arguments: [
                account.displayName, account.role.rawValue, account.isDisabled, account.preferences, account.id,
            ])
    }

    static func setPassword(_ password: String, of id: String, in connection: Connection) throws {
        try connection.execute(sql: "UPDATE account SET password = ? WHERE id = ?", arguments: [password, id])
    }

    /// max: another process may know of a later moment.
    static func seen(_ id: String, at time: Int, in connection: Connection) throws {
        try connection.execute(
            sql: "UPDATE account SET last_seen = max(coalesce(last_seen, 0), ?) WHERE id = ?", arguments: [time, id])
    }

    static func beginRemoval(of id: String, at time: Int, in connection: Connection) throws {
        try connection.execute(sql: "UPDATE account SET removal = ? WHERE id = ?", arguments: [time, id])
    }

    static func beingRemoved(in connection: Connection) throws -> [String] {
        try String.fetchAll(connection, sql: "SELECT id FROM account WHERE removal IS NOT NULL ORDER BY removal")
    }

    static func finishRemoval(of id: String, in connection: Connection) throws {
        try connection.execute(sql: "DELETE FROM account WHERE id = ? AND removal IS NOT NULL", arguments: [id])
    }
}

/// The one row of settings beside the accounts.
enum AccountSettingsTable {
    static func signUp(in connection: Connection) throws -> SignUpMode {
        // Closed: what cannot be read lets nobody in.
        let text = try String.fetchOne(connection, sql: "SELECT sign_up FROM account_settings")
        return text.flatMap(SignUpMode.init) ?? .closed
    }

    static func setSignUp(_ mode: SignUpMode, in connection: Connection) throws {
        try connection.execute(sql: "UPDATE account_settings SET sign_up = ?", arguments: [mode.rawValue])
    }

    static func setupDigest(in connection: Connection) throws -> TokenDigest? {
        try Data.fetchOne(connection, sql: "SELECT setup_digest FROM account_settings WHERE setup_digest IS NOT NULL")
            .flatMap { TokenDigest(bytes: Array($0)) }
    }

    static func setSetupDigest(_ digest: TokenDigest?, in connection: Connection) throws {
        try connection.execute(
            sql: "UPDATE account_settings SET setup_digest = ?", arguments: [digest.map { Data($0.bytes) }])
    }
}
