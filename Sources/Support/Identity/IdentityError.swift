/// Why a key cannot be made or found.
///
/// `code` is closed and safe as a metric label; `message` names the mistake and the way out.
package struct IdentityError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case invalidName = "invalid_name"
        case nameTaken = "name_taken"
        case noScope = "no_scope"
        case invalidLimit = "invalid_limit"
        case invalidExpiry = "invalid_expiry"
        case tooManyKeys = "too_many_keys"
        case unknownKey = "unknown_key"
        case alreadyRevoked = "already_revoked"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
