/// What is known of an API key, except the key: that is shown once and never stored.
package struct APIKey: Sendable, Equatable {
    /// `key_` and twelve letters or digits; stands in logs and in the ledger.
    package var id: String
    package var name: String
    package var scopes: Set<Scope>
    /// nil: the listener's own limit.
    package var requestsPerMinute: Int?
    /// All times are in seconds since 1970.
    package var created: Int
    /// To the minute; nil: never.
    package var lastUsed: Int?
    package var expires: Int?
    package var revoked: Int?

    package init(
        id: String, name: String, scopes: Set<Scope>, requestsPerMinute: Int? = nil, created: Int,
        lastUsed: Int? = nil, expires: Int? = nil, revoked: Int? = nil
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.requestsPerMinute = requestsPerMinute
        self.created = created
        self.lastUsed = lastUsed
        self.expires = expires
        self.revoked = revoked
    }

    package enum State: String, Sendable {
        case active, expired, revoked
    }

    package func state(at now: Int) -> State {
        if revoked != nil { return .revoked }
        return expires.map { $0 <= now } == true ? .expired : .active
    }
}
