/// Why something cannot be done with a chat.
///
/// `code` is closed; `message` names the mistake and the way out. What belongs to somebody else is no error: it is not
/// found, which methods say by nil.
package struct ConversationsError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// A value out of its bounds, or a text that is too long.
        case invalid
        /// A message that does not fit where it is to stand in its chat's tree.
        case misplaced
        /// An id that somebody else, or another chat, has already.
        case idTaken = "id_taken"
        /// A bound on how many there may be.
        case limitReached = "limit_reached"
        /// An answer that is still being written.
        case alreadyRunning = "already_running"
        /// A file of chats that is not what we write.
        case invalidArchive = "invalid_archive"
    }
    package var code: Code
    package var message: String
    /// Where: a field's name, or a place in a file such as `chats[2].messages[0].role`.
    package var field: String?

    package init(_ code: Code, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    package var description: String { message }
}
