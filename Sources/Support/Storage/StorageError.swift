/// Why something could not be stored or read.
///
/// `code` is closed and safe as a metric label; `message` names the mistake and the way out.
package struct StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case cannotOpen = "cannot_open"
        case notWritable = "not_writable"
        case notADatabase = "not_a_database"
        /// A later version of Pronk has changed the tables.
        case newerSchema = "newer_schema"
        case diskFull = "disk_full"
        /// Another process held the database for longer than the busy timeout.
        case locked
        case damaged
        case failed
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
