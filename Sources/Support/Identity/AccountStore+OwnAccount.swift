internal import Storage

/// What people change of their own accounts.
extension AccountStore {
    /// nil leaves a field as it is.
    ///
    /// - Parameter preferences: A JSON object, kept as it is.
    package func change(_ id: String, displayName: String? = nil, preferences: String? = nil) async throws -> Account {
        let line = try displayName.map { typed throws(IdentityError) in
            guard let line = AccountName.line(typed) else {
                throw IdentityError(
                    .invalidDisplayName,
                    "A name has 1 to \(Limits.accountNameScalars) characters in one line, and no invisible ones.")
            }
            return line
        }
        if let preferences, preferences.utf8.count > Limits.preferencesBytes {
            throw IdentityError(.invalidPreferences, "Preferences take at most \(Limits.preferencesBytes) bytes.")
        }
        return try await database.write { connection in
            var account = try Self.find(id, in: connection).account
            account.displayName = line ?? account.displayName
            account.preferences = preferences ?? account.preferences
            try AccountTable.update(account, in: connection)
            return account
        }
    }

    /// Changes a password for whoever knows it, and ends all sessions but one.
    package func changePassword(
        of id: String, from current: String, to new: String, keeping session: String, visitor: Visitor
    ) async throws {
        let known = try await check(current, of: id, visitor)
        try PasswordHasher.check(new, name: AccountName(known.account.name))
        let hash = try await hasher.hash(new)
        try await database.write { connection in
            guard try Self.find(id, in: connection).password == known.password else { throw Self.wrongCredentials }
            try AccountTable.setPassword(hash, of: id, in: connection)
            try SessionTable.removeAll(of: id, but: session, in: connection)
        }
    }

    /// Throws unless it is the account's password.
    package func confirm(_ password: String, of id: String, visitor: Visitor) async throws {
        _ = try await check(password, of: id, visitor)
    }

    private func check(_ password: String, of id: String, _ visitor: Visitor) async throws -> AccountTable.Credentials {
        let known = try await database.read { try Self.find(id, in: $0) }
        let name = AccountName.folded(known.account.name)
        guard try await verify(password, known.password, name: name, address: visitor.address) else {
            throw IdentityError(.wrongCredentials, "This is not the account's password.")
        }
        return known
    }

    static func find(_ id: String, in connection: Connection) throws -> AccountTable.Credentials {
        guard let known = try AccountTable.credentials(id: id, in: connection) else {
            throw IdentityError(.unknownAccount, "There is no such account.")
        }
        return known
    }
}
