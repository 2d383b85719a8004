/// Where somebody signs in from, as the list of sessions shows it.
package struct Visitor: Sendable, Equatable {
    /// What the browser calls itself, shortened.
    package var agent: String
    package var address: String

    package init(agent: String, address: String) {
        let printable = agent.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }
        self.agent = String(String.UnicodeScalarView(printable.prefix(Limits.agentScalars)))
        self.address = address
    }
}

/// One browser in which somebody is signed in, for the list of them.
package struct Session: Sendable, Equatable {
    /// Not secret.
    package var id: String
    /// Times are in seconds since 1970; the last use is known to the minute.
    package var created: Int
    package var lastUsed: Int
    package var visitor: Visitor
}

/// A session that has just begun. Its secret is nowhere else.
package struct NewSession: Sendable {
    package var token: String
    package var signedIn: SignedIn
}
