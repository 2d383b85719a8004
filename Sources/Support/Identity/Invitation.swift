/// A link by which one person may make an account, once.
package struct Invitation: Sendable, Equatable {
    /// Not secret.
    package var id: String
    /// Whom it is for.
    package var note: String
    /// Times are in seconds since 1970.
    package var created: Int
    package var expires: Int
    /// The name of whoever used it.
    package var usedBy: String?
}

/// Who may make an account.
package enum SignUpMode: String, Sendable, CaseIterable, Codable {
    case open
    /// Whoever has been given a link.
    case invitation
    /// Nobody, links or not.
    case closed
}

/// An account as administrators see it.
package struct AccountListing: Sendable, Equatable {
    package var account: Account
    /// Seconds since 1970, to the minute; nil: never.
    package var lastSeen: Int?
}
