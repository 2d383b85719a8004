/// A person who may sign in to the chat site.
package struct Account: Sendable, Equatable {
    package enum Role: String, Sendable, CaseIterable, Codable {
        case admin, user
    }

    /// `user_` and twelve letters or digits; the ledger's name for whoever asked.
    package var id: String
    /// What one signs in with, as it was typed; compared without regard to case.
    package var name: String
    package var displayName: String
    package var role: Role
    /// Seconds since 1970.
    package var created: Int
    package var isDisabled: Bool
    /// A JSON object that belongs to the pages: language, theme, presets.
    package var preferences: String

    package init(
        id: String, name: String, displayName: String, role: Role, created: Int, isDisabled: Bool = false,
        preferences: String = "{}"
    ) {
        self.id = id
        self.name = name
        self.displayName = displayName
        self.role = role
        self.created = created
        self.isDisabled = isDisabled
        self.preferences = preferences
    }
}

/// One browser in which somebody is signed in.
package struct SignedIn: Sendable, Equatable {
    /// Not secret: names the session in a list.
    package var id: String
    package var account: Account

    package init(id: String, account: Account) {
        self.id = id
        self.account = account
    }
}
