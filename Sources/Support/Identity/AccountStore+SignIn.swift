internal import Storage

/// Signing in, and out again.
extension AccountStore {
    /// Checks a name and its password, and begins a session.
    ///
    /// - Parameter old: The session that the browser has so far; it ends.
    package func signIn(
        name: String, password: String, from visitor: Visitor, replacing old: String? = nil
    ) async throws -> NewSession {
        let folded = AccountName.folded(name)
        let known = try await database.read { connection in
            try folded.flatMap { try AccountTable.credentials(foldedName: $0, in: connection) }
        }
        let isRight = try await verify(password, known?.password, name: folded, address: visitor.address)
        guard isRight, let known else { throw Self.wrongCredentials }
        let renewed = hasher.isOutdated(known.password) ? try await hasher.hash(password) : nil
        return try await database.write { [self] connection in
            // The password was checked outside of this transaction: it must still be the one.
            guard let current = try AccountTable.credentials(id: known.account.id, in: connection),
                current.password == known.password
            else { throw Self.wrongCredentials }
            guard !current.account.isDisabled else {
                throw IdentityError(.accountDisabled, "This account is disabled. An administrator can enable it.")
            }
            if let renewed { try AccountTable.setPassword(renewed, of: current.account.id, in: connection) }
            return try begin(for: current.account, from: visitor, replacing: old, in: connection)
        }
    }

    /// The sessions of an account, the last used first.
    package func sessions(of account: String) async throws -> [Session] {
        // On a full disk the list is late by a minute, but there.
        try? await recordUses()
        let oldest = now() - Limits.sessionSeconds
        return try await database.read { try SessionTable.all(of: account, since: oldest, in: $0) }
    }

    /// Ends one session.
    package func signOut(session: String) async throws {
        try await database.write { try SessionTable.remove(id: session, in: $0) }
    }

    /// Ends all sessions of an account.
    package func signOutEverywhere(_ account: String) async throws {
        try await database.write { try SessionTable.removeAll(of: account, in: $0) }
    }

    static var wrongCredentials: IdentityError {
        IdentityError(.wrongCredentials, "The name or the password is wrong.")
    }
}
