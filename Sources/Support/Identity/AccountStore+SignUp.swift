internal import Storage

/// How accounts come to be: the first administrator, by invitation, or openly.
extension AccountStore {
    /// Whether there is no administrator yet.
    package func needsSetup() async throws -> Bool {
        try await database.read { try AccountTable.administrators(in: $0) == 0 }
    }

    /// The secret of a link by which the first administrator is made; nil: there is one. It ends the link that was made
    /// before, and ends itself as soon as there is an administrator.
    package func makeSetupToken() async throws -> String? {
        let token = Token.random()
        return try await database.write { connection in
            guard try AccountTable.administrators(in: connection) == 0 else { return nil }
            try AccountSettingsTable.setSetupDigest(TokenDigest(of: token), in: connection)
            return token
        }
    }

    /// Makes the first administrator.
    package func setUp(
        token: String, name: String, password: String, from visitor: Visitor, replacing old: String? = nil
    ) async throws -> NewSession {
        let digest = token.utf8.count <= Limits.tokenBytes ? TokenDigest(of: token) : nil
        return try await makeAccount(
            name: name, password: password, role: .admin, from: visitor, replacing: old,
            check: { connection in
                let expected = try AccountSettingsTable.setupDigest(in: connection)
                guard try AccountTable.administrators(in: connection) == 0, let digest, expected == digest else {
                    throw IdentityError(
                        .invalidLink,
                        "This link is used up, or a later start of the server has made another: its log shows it.")
                }
            },
            useLink: { _, connection in
                try AccountSettingsTable.setSetupDigest(nil, in: connection)
                return true
            })
    }

    package func signUpMode() async throws -> SignUpMode {
        try await database.read { try AccountSettingsTable.signUp(in: $0) }
    }

    package func setSignUpMode(_ mode: SignUpMode) async throws {
        try await database.write { try AccountSettingsTable.setSignUp(mode, in: $0) }
    }

    /// Makes an account for whoever the mode admits.
    package func signUp(
        name: String, password: String, invitation: String?, from visitor: Visitor, replacing old: String? = nil
    ) async throws -> NewSession {
        let digest = invitation.flatMap { $0.utf8.count <= Limits.tokenBytes ? TokenDigest(of: $0) : nil }
        return try await makeAccount(
            name: name, password: password, role: .user, from: visitor, replacing: old,
            check: { [self] connection in
                guard try needsInvitation(invitation, in: connection) else { return }
                guard let digest, try InvitationTable.isValid(digest, at: now(), in: connection) else {
                    throw IdentityError(
                        .invalidLink, "This invitation is used up or has expired. Ask for another.")
                }
            },
            useLink: { [self] account, connection in
                guard let digest else { return false }
                return try InvitationTable.use(digest, by: account.id, at: now(), in: connection)
            })
    }

    private func needsInvitation(_ invitation: String?, in connection: Connection) throws -> Bool {
        switch try AccountSettingsTable.signUp(in: connection) {
        case .open: return false
        case .invitation where invitation != nil: return true
        case .invitation:
            throw IdentityError(.signUpClosed, "Accounts are made by invitation. Ask an administrator for a link.")
        case .closed: throw IdentityError(.signUpClosed, "No accounts are made at present. Ask an administrator.")
        }
    }

    /// Makes an account and begins its first session, in one transaction.
    ///
    /// - Parameters:
    ///   - check: Throws whatever stands against it. Called before the work of a hash is spent on it, and again
    ///     together with the account, which is what counts.
    ///   - useLink: Uses up what can be used once; false: there was nothing.
    private func makeAccount(
        name: String, password: String, role: Account.Role, from visitor: Visitor, replacing old: String?,
        check: @escaping @Sendable (Connection) throws -> Void,
        useLink: @escaping @Sendable (Account, Connection) throws -> Bool
    ) async throws -> NewSession {
        try countSignUp(from: visitor.address)
        try await database.read(check)
        let name = try AccountName(name)
        try PasswordHasher.check(password, name: name)
        try await database.read { connection in
            guard try AccountTable.credentials(foldedName: name.folded, in: connection) == nil else {
                throw Self.nameTaken
            }
        }
        let hash = try await hasher.hash(password)
        let (session, hadLink) = try await database.write { [self] connection in
            try check(connection)
            let account = try insert(name: name, role: role, hash: hash, in: connection)
            let hadLink = try useLink(account, connection)
            return (try begin(for: account, from: visitor, replacing: old, in: connection), hadLink)
        }
        if hadLink { forgetSignUp(from: visitor.address) }
        return session
    }

    func insert(name: AccountName, role: Account.Role, hash: String, in connection: Connection) throws -> Account {
        guard try AccountTable.count(in: connection) < Limits.accounts else {
            throw IdentityError(
                .tooManyAccounts, "There are \(Limits.accounts) accounts, the most there can be. Remove unused ones.")
        }
        let account = Account(
            id: Token.randomID(prefix: "user_"), name: name.text, displayName: name.text, role: role, created: now())
        guard try AccountTable.insert(account, foldedName: name.folded, password: hash, in: connection) else {
            throw Self.nameTaken
        }
        return account
    }

    private static var nameTaken: IdentityError {
        IdentityError(.nameTaken, "Somebody has this name. Choose another.")
    }
}
