internal import FoundationEssentials
package import GRDB
internal import Glibc

/// A connection inside a transaction; valid only within the closure that gets it.
package typealias Connection = GRDB.Database

/// One SQLite file that several processes may have open: one writer at a time, readers that never wait.
///
/// Write-ahead logging with `synchronous = FULL`: a transaction that returned survives power loss, for one fsync each.
/// That is affordable because what is frequent (the ledger) commits in groups. A killed process loses no committed
/// transaction, and a torn end of the log is cut off by its checksums at the next open.
///
/// All methods may be called from any thread; those without `async` block, so event loops stay away. Errors are
/// `StorageError`s, or what the closure throws.
package final class Database: Sendable {
    package let path: String
    private let pool: DatabasePool

    /// Opens the file, makes it if there is none, and brings the tables of `modules` up to date.
    package init(path: String, modules: [SchemaModule]) throws {
        self.path = path
        try Self.prepareFile(at: path)
        pool = try Self.openPool(at: path)
        try Self.translating(path) { [pool] in
            let versions = try pool.read(SchemaModule.versions)
            for module in modules { try module.check(versions[module.name] ?? 0, path: path) }
            // Without need no lock: a command that only reads works beside any writer.
            guard modules.contains(where: { (versions[$0.name] ?? 0) < $0.steps.count }) else { return }
            try pool.write { try SchemaModule.migrate(modules, in: $0, path: path) }
        }
    }

    /// A transaction that has the write lock from its beginning; rolled back when `body` throws.
    package func write<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try Self.translating(path) { try pool.write(body) }
    }

    /// A view of the last committed state, undisturbed by writers.
    package func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try Self.translating(path) { try pool.read(body) }
    }

    /// As `read`, for tasks: it suspends instead of blocking.
    package func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            throw StorageError(error, path: path)
        }
    }

    /// As `write`, for tasks: it suspends instead of blocking.
    package func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value
    {
        do {
            return try await pool.write(body)
        } catch let error as DatabaseError {
            throw StorageError(error, path: path)
        }
    }

    private static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StorageError(error, path: path)
        }
    }
}

extension Database {
    /// Makes the folder, and the file readable by its owner alone: it holds who used what. SQLite gives the files
    /// beside it the same permissions.
    private static func prepareFile(at path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        if !folder.isEmpty {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw StorageError(
                    .cannotOpen, "The folder \(folder) cannot be made for the database: \(error.localizedDescription)")
            }
        }
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw StorageError(
                errno == EISDIR || errno == ENOENT ? .cannotOpen : .notWritable,
                "The database \(path) cannot be opened for writing: \(reason). Check its path and permissions.")
        }
        close(descriptor)
    }

    private static func openPool(at path: String) throws -> DatabasePool {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(.init(Limits.busySeconds))
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = Limits.readers
        configuration.label = "storage"
        var attempt = 1
        while true {
            do {
                let pool = try DatabasePool(path: path, configuration: configuration)
                // After the pool has chosen NORMAL for itself.
                try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
                return pool
            } catch let error as DatabaseError {
                guard error.resultCode.primaryResultCode == .SQLITE_BUSY, attempt < Limits.openingAttempts else {
                    throw StorageError(error, path: path)
                }
                attempt += 1
                usleep(Limits.openingPauseMicroseconds)
            }
        }
    }
}
