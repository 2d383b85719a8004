/// Whoever a request comes from, once that is known.
package struct Caller: Sendable, Equatable {
    /// Stable and not secret: a key's id; for open listeners, `local`.
    package var id: String
    package var name: String
    package var scopes: Set<Scope>
    /// nil: the listener's own limit.
    package var requestsPerMinute: Int?

    package init(id: String, name: String, scopes: Set<Scope>, requestsPerMinute: Int? = nil) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.requestsPerMinute = requestsPerMinute
    }
}

/// What a key allows.
package enum Scope: String, Sendable, CaseIterable, Codable {
    /// Calling models.
    case chat
    /// Waking services that sleep, by health checks and model lists too.
    case wake
    /// Seeing and steering the platform.
    case admin
}

/// Finds out who holds a token. Called for every request on the gateway's event loops: in memory, without waiting.
package protocol CallerDirectory: Sendable {
    /// nil: nobody, or no longer.
    func caller(holding token: String) -> Caller?
}
