internal import GRDB

/// The tables of one module, as a list of steps from nothing to their present form.
///
/// Each module keeps its own version, so that a program which opens the file for one module needs to know nothing of
/// the others. A step that has shipped is never changed: what comes later is a further step.
package struct SchemaModule: Sendable {
    /// Stable: it stands in the database.
    package var name: String
    /// Step n leads from version n to n + 1.
    package var steps: [@Sendable (Connection) throws -> Void]

    package init(name: String, steps: [@Sendable (Connection) throws -> Void]) {
        self.name = name
        self.steps = steps
    }
}

extension SchemaModule {
    /// Versions by module; empty for a file that was never opened by Pronk.
    static func versions(in connection: Connection) throws -> [String: Int] {
        guard try connection.tableExists("schema_module") else { return [:] }
        let rows = try Row.fetchAll(connection, sql: "SELECT name, version FROM schema_module")
        return Dictionary(rows.map { ($0["name"], $0["version"]) }) { first, _ in first }
    }

    /// Throws if a later program has already changed this module's tables.
    func check(_ version: Int, path: String) throws {
        guard version > steps.count else { return }
        throw StorageError(
            .newerSchema,
            "\(path) was written by a newer Pronk (\(name) is at version \(version), this program knows "
                + "\(steps.count)). Use that newer program, or another data folder.")
    }

    /// Brings all modules up to date within the caller's transaction.
    ///
    /// GRDB's own migrator looks which steps are due before it takes the lock; two processes that start together would
    /// then both create the tables. Here the look and the steps are one transaction.
    static func migrate(_ modules: [SchemaModule], in connection: Connection, path: String) throws {
        try connection.execute(
            sql: "CREATE TABLE IF NOT EXISTS schema_module (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT")
        let versions = try versions(in: connection)
        for module in modules {
            let version = versions[module.name] ?? 0
            try module.check(version, path: path)
            guard version < module.steps.count else { continue }
            for step in module.steps[version...] { try step(connection) }
            try connection.execute(
                sql: """
                    INSERT INTO schema_module VALUES (?, ?)
                    ON CONFLICT (name) DO UPDATE SET version = excluded.version
                    """, arguments: [module.name, module.steps.count])
        }
    }
}
