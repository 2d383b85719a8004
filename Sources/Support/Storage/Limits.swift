/// Bounds of storage, each with its reason.
package enum Limits {
    /// How long a statement waits for another process's lock. Transactions here take milliseconds, so seconds mean
    /// that something hangs.
    package static let busySeconds = 5
    /// Connections that read at a time. Reads are short; more would only hold descriptors.
    static let readers = 4
    /// Attempts to switch a new file to write-ahead logging. Two processes that create it at the same moment get in
    /// each other's way there, and SQLite does not wait for this lock.
    static let openingAttempts = 50
    /// Between two such attempts, in microseconds.
    static let openingPauseMicroseconds: UInt32 = 20_000
}
