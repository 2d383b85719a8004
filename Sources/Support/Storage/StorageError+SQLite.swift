internal import GRDB

extension StorageError {
    /// What SQLite's result codes mean to the one who runs Pronk.
    init(_ error: DatabaseError, path: String) {
        let detail = error.message ?? error.resultCode.description
        switch error.resultCode.primaryResultCode {
        case .SQLITE_CANTOPEN:
            self.init(.cannotOpen, "The database \(path) cannot be opened (\(detail)). Check its folder's permissions.")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .notWritable,
                "The database \(path) cannot be written (\(detail)). Check the owner and the permissions of the file "
                    + "and of its folder.")
        case .SQLITE_NOTADB:
            self.init(
                .notADatabase,
                "\(path) is no SQLite database. Move the file away, or name another one under storage.database.")
        case .SQLITE_FULL:
            self.init(.diskFull, "There is no room for the database \(path). Free some space on its disk.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .locked,
                "Another process has kept the database \(path) locked for more than \(Limits.busySeconds) seconds. "
                    + "Find it with `fuser \(path)`.")
        case .SQLITE_CORRUPT:
            self.init(
                .damaged,
                "The database \(path) is damaged (\(detail)). Restore a copy, or save what can be read: "
                    + "sqlite3 \(path) .recover")
        case .SQLITE_IOERR:
            self.init(.failed, "The disk under the database \(path) fails (\(detail)). Look into the system's log.")
        default:
            self.init(.failed, "The database \(path) refused a statement: \(error.description)")
        }
    }
}
