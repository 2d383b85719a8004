internal import Foundation
internal import GRDB
internal import Storage

/// The API keys in the database: plain SQL and nothing else.
enum KeyTable {
    /// All keys at one moment, the oldest first.
    struct Snapshot: Sendable {
        var revision: Int
        var keys: [(digest: TokenDigest, key: APIKey)]
    }

    /// nil: nothing changed since `revision`.
    static func changes(since revision: Int, in connection: Connection) throws -> Snapshot? {
        let query = try connection.cachedStatement(sql: "SELECT number FROM api_key_revision")
        let current = try Int.fetchOne(query) ?? 0
        return try current == revision ? nil : Snapshot(revision: current, keys: all(in: connection))
    }

    static func all(in connection: Connection) throws -> [(digest: TokenDigest, key: APIKey)] {
        try Row.fetchAll(connection, sql: "SELECT * FROM api_key ORDER BY created, rowid").compactMap { row in
            TokenDigest(bytes: Array(row["digest"] as Data)).map { ($0, key(row)) }
        }
    }

    private static func key(_ row: Row) -> APIKey {
        let scopes: String = row["scopes"]
        return APIKey(
            id: row["id"], name: row["name"],
            scopes: Set(scopes.split(separator: " ").compactMap { Scope(rawValue: String($0)) }),
            requestsPerMinute: row["requests_per_minute"], created: row["created"], lastUsed: row["last_used"],
            expires: row["expires"], revoked: row["revoked"])
    }

    static func insert(_ key: APIKey, digest: TokenDigest, in connection: Connection) throws {
        try connection.execute(
            sql: """
                INSERT INTO api_key (id, digest, name, scopes, requests_per_minute, created, expires)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                key.id, Data(digest.bytes), key.name, key.scopes.map(\.rawValue).sorted().joined(separator: " "),
                key.requestsPerMinute, key.created, key.expires,
            ])
    }

    static func revoke(id: String, at time: Int, in connection: Connection) throws {
        try connection.execute(sql: "UPDATE api_key SET revoked = ? WHERE id = ?", arguments: [time, id])
    }

    /// `uses`: key id → seconds since 1970.
    static func record(_ uses: [String: Int], in connection: Connection) throws {
        for (id, time) in uses {
            // max: another process may know of a later use.
            try connection.execute(
                sql: "UPDATE api_key SET last_used = max(coalesce(last_used, 0), ?) WHERE id = ?",
                arguments: [time, id])
        }
    }
}
