/// Why a key or an account cannot be made, found or used.
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
        case invalidDisplayName = "invalid_display_name"
        case invalidPreferences = "invalid_preferences"
        case invalidNote = "invalid_note"
        case weakPassword = "weak_password"
        /// The name or the password is wrong; nobody learns which.
        case wrongCredentials = "wrong_credentials"
        case accountDisabled = "account_disabled"
        case tooManyAttempts = "too_many_attempts"
        /// More passwords wait to be checked than may wait.
        case busy
        /// A one-time link is used up, expired, or was never made.
        case invalidLink = "invalid_link"
        case signUpClosed = "sign_up_closed"
        case tooManyAccounts = "too_many_accounts"
        case tooManyInvitations = "too_many_invitations"
        case unknownAccount = "unknown_account"
        case unknownInvitation = "unknown_invitation"
        case lastAdministrator = "last_administrator"
    }
    package var code: Code
    package var message: String
    /// Seconds after which it may work.
    package var retryAfter: Int?

    package init(_ code: Code, _ message: String, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    package var description: String { message }
}
