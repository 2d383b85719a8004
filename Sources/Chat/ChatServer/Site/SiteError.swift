/// Why the site refuses or fails, as pages are told: the one shape of errors under /api.
package struct SiteError: Error, Sendable, Equatable {
    /// Stable; pages have a translation for each.
    package enum Code: String, Sendable, CaseIterable {
        case invalid
        case invalidJSON = "invalid_json"
        case notSignedIn = "not_signed_in"
        case wrongCredentials = "wrong_credentials"
        case notAllowed = "not_allowed"
        case foreignOrigin = "foreign_origin"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case conflict
        case nameTaken = "name_taken"
        case invalidLink = "invalid_link"
        case signUpClosed = "sign_up_closed"
        case weakPassword = "weak_password"
        case alreadyRunning = "already_running"
        case tooLarge = "too_large"
        case tooManyAttempts = "too_many_attempts"
        case limitReached = "limit_reached"
        case unavailable
        case diskFull = "disk_full"
        case failed
    }
    package var code: Code
    /// Names the mistake and the way out.
    package var message: String
    /// The field at fault.
    package var field: String?
    /// In seconds.
    package var retryAfter: Int?

    package init(_ code: Code, _ message: String, field: String? = nil, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.retryAfter = retryAfter
    }

    var status: Int {
        switch code {
        case .invalid, .invalidJSON, .weakPassword, .invalidLink: 400
        case .notSignedIn, .wrongCredentials: 401
        case .notAllowed, .foreignOrigin, .signUpClosed: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict, .nameTaken, .alreadyRunning, .limitReached: 409
        case .tooLarge: 413
        case .tooManyAttempts: 429
        case .failed: 500
        case .unavailable: 503
        case .diskFull: 507
        }
    }
}
