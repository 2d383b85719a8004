internal import Storage

/// What administrators do.
extension AccountStore {
    /// Every account, the oldest first.
    package func accounts() async throws -> [AccountListing] {
        // On a full disk the list is late by a minute, but there.
        try? await recordUses()
        return try await database.read { try AccountTable.all(in: $0) }
    }

    /// nil leaves something as it is. A disabled account's sessions end; so do all when the password changes, but for
    /// one.
    package func administer(
        _ id: String, role: Account.Role? = nil, isDisabled: Bool? = nil, password: String? = nil,
        keeping session: String? = nil
    ) async throws -> Account {
        var hash: String?
        if let password {
            let name = try await database.read { try AccountName(Self.find(id, in: $0).account.name) }
            try PasswordHasher.check(password, name: name)
            hash = try await hasher.hash(password)
        }
        return try await database.write { [hash] connection in
            var account = try Self.find(id, in: connection).account
            account.role = role ?? account.role
            account.isDisabled = isDisabled ?? account.isDisabled
            if account.role != .admin || account.isDisabled {
                try Self.keepAnAdministrator(besides: id, in: connection)
            }
            try AccountTable.update(account, in: connection)
            if let hash {
                try AccountTable.setPassword(hash, of: id, in: connection)
                try SessionTable.removeAll(of: id, but: session, in: connection)
            }
            if account.isDisabled { try SessionTable.removeAll(of: id, in: connection) }
            return account
        }
    }

    /// Ends an account: from now on nobody finds it. What belongs to it elsewhere goes next; then `finishRemoval`.
    package func beginRemoval(of id: String) async throws {
        let now = now()
        try await database.write { connection in
            _ = try Self.find(id, in: connection)
            try Self.keepAnAdministrator(besides: id, in: connection)
            try SessionTable.removeAll(of: id, in: connection)
            try AccountTable.beginRemoval(of: id, at: now, in: connection)
        }
    }

    /// Accounts whose removal has begun and was interrupted.
    package func beingRemoved() async throws -> [String] {
        try await database.read { try AccountTable.beingRemoved(in: $0) }
    }

    /// Removes the rest of an account, which frees its name.
    package func finishRemoval(of id: String) async throws {
        try await database.write { try AccountTable.finishRemoval(of: id, in: $0) }
    }

    /// Throws if nobody could administer without this account who can now.
    private static func keepAnAdministrator(besides id: String, in connection: Connection) throws {
        let others = try AccountTable.administrators(besides: id, in: connection)
        guard try others > 0 || AccountTable.administrators(in: connection) == 0 else {
            throw IdentityError(
                .lastAdministrator, "This is the last administrator. Make somebody else one first.")
        }
    }
}

/// Invitations.
extension AccountStore {
    /// The newest first.
    package func invitations() async throws -> [Invitation] {
        try await database.read { try InvitationTable.all(in: $0) }
    }

    /// Makes a link for one person. `token` is nowhere else.
    ///
    /// - Parameter expires: Seconds since 1970; nil: in a week.
    package func invite(note: String, expires: Int? = nil) async throws -> (invitation: Invitation, token: String) {
        guard note.unicodeScalars.count <= Limits.noteScalars else {
            throw IdentityError(.invalidNote, "A note has at most \(Limits.noteScalars) characters.")
        }
        let now = now()
        let expires = expires ?? now + Limits.invitationSeconds
        guard (now + 1...now + Limits.longestInvitationSeconds).contains(expires) else {
            throw IdentityError(.invalidExpiry, "An invitation ends in the future, within a year.")
        }
        let token = Token.random()
        let invitation = Invitation(
            id: Token.randomID(prefix: "invitation_"), note: note, created: now, expires: expires)
        try await database.write { connection in
            guard try InvitationTable.count(at: now, in: connection) < Limits.invitations else {
                throw IdentityError(
                    .tooManyInvitations,
                    "\(Limits.invitations) invitations wait to be used, the most there can be. Take some back.")
            }
            try InvitationTable.insert(invitation, digest: TokenDigest(of: token), in: connection)
        }
        return (invitation, token)
    }

    /// Takes an invitation back. An account that was made by it stays.
    package func removeInvitation(_ id: String) async throws {
        guard try await database.write({ try InvitationTable.remove(id: id, in: $0) }) else {
            throw IdentityError(.unknownInvitation, "There is no such invitation.")
        }
    }
}
