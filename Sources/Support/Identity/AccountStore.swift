package import Storage
internal import Synchronization

/// The accounts of this installation, their sessions and invitations; all of it in the database, so that whatever is
/// changed holds at the next request, in every process.
///
/// Secrets are never stored: of passwords scrypt's hash, of tokens SHA-256. Errors are `IdentityError`s, or
/// `StorageError`s of the database.
package final class AccountStore: Sendable {
    /// The tables that the database must be opened with; the same as those of `KeyStore`.
    package static let schema = IdentitySchema.module

    private struct State {
        var throttle = SignInThrottle()
        var signUpThrottle = SignInThrottle(address: .signUp)
        /// Uses that are not written yet: session → minute, in seconds since 1970.
        var uses: [String: Use] = [:]
    }

    private struct Use {
        var account: String
        var minute: Int
    }

    let database: Storage.Database
    let hasher: PasswordHasher
    let now: @Sendable () -> Int
    private let state = Mutex(State())

    /// - Parameter now: Seconds since 1970.
    package init(
        database: Storage.Database, hasher: PasswordHasher = PasswordHasher(),
        now: @escaping @Sendable () -> Int = WallClock.seconds
    ) {
        self.database = database
        self.hasher = hasher
        self.now = now
    }

    /// nil: there is none, or it is being removed.
    package func account(_ id: String) async throws -> Account? {
        try await database.read { try AccountTable.credentials(id: id, in: $0)?.account }
    }

    /// Whoever holds a session's secret; nil: nobody, or no longer.
    package func session(holding token: String) async throws -> SignedIn? {
        guard token.utf8.count <= Limits.tokenBytes else { return nil }
        let digest = TokenDigest(of: token)
        let now = now()
        guard let holder = try await database.read({ try SessionTable.holder(of: digest, in: $0) }),
            holder.lastUsed > now - Limits.sessionSeconds
        else { return nil }
        let minute = now - now % Limits.lastUseSeconds
        if holder.lastUsed < minute {
            // Written later: nobody waits for the disk, and nobody is turned away when it is full.
            state.withLock { $0.uses[holder.session] = Use(account: holder.account.id, minute: minute) }
        }
        return SignedIn(id: holder.session, account: holder.account)
    }

    /// Begins a session inside the transaction that has found out who it is for. Its token is a new one always, so that
    /// nobody can be made to use one that somebody else knows.
    func begin(
        for account: Account, from visitor: Visitor, replacing old: String?, in connection: Connection
    ) throws -> NewSession {
        let token = Token.random()
        let now = now()
        let session = Session(id: Token.randomID(prefix: "session_"), created: now, lastUsed: now, visitor: visitor)
        if let old { try SessionTable.remove(id: old, in: connection) }
        try SessionTable.insert(session, of: account.id, digest: TokenDigest(of: token), in: connection)
        try AccountTable.seen(account.id, at: now - now % Limits.lastUseSeconds, in: connection)
        return NewSession(token: token, signedIn: SignedIn(id: session.id, account: account))
    }
}

extension AccountStore {
    /// Writes when sessions were last used. What fails is written the next time.
    package func recordUses() async throws {
        let uses = takeUses()
        guard !uses.isEmpty else { return }
        do {
            try await database.write { try Self.record(uses, in: $0) }
        } catch {
            state.withLock { $0.uses.merge(uses) { later, _ in later } }
            throw error
        }
    }

    /// Keeps the database up to date until the task is cancelled: uses are written each minute, and what has ended is
    /// removed. `failed` hears the first error of each row of errors.
    package func run(failed: @Sendable (any Error) -> Void) async {
        var isFailing = false
        while !Task.isCancelled {
            do {
                try await recordUses()
                try await removeEnded()
                isFailing = false
            } catch {
                if !isFailing, !Task.isCancelled { failed(error) }
                isFailing = true
            }
            try? await Task.sleep(for: .seconds(Limits.lastUseSeconds))
        }
        recordLastUses()
    }

    /// Blocking, since a cancelled task can no longer wait.
    private func recordLastUses() {
        let uses = takeUses()
        try? database.write { try Self.record(uses, in: $0) }
    }

    private func takeUses() -> [String: Use] {
        state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
    }

    private static func record(_ uses: [String: Use], in connection: Connection) throws {
        for (session, use) in uses {
            try SessionTable.used(session, at: use.minute, in: connection)
            try AccountTable.seen(use.account, at: use.minute, in: connection)
        }
    }

    private func removeEnded() async throws {
        let now = now()
        try await database.write { connection in
            try SessionTable.removeAll(unusedSince: now - Limits.sessionSeconds, in: connection)
            try InvitationTable.removeAll(expiredBefore: now - Limits.expiredInvitationSeconds, in: connection)
        }
    }
}

extension AccountStore {
    /// Checks a password, unless too many attempts have failed before.
    func verify(_ password: String, _ stored: String?, name: String?, address: String) async throws -> Bool {
        let now = now()
        try Self.refuse(state.withLock { $0.throttle.attempt(name: name, address: address, now: now) })
        do {
            let matches = try await hasher.matches(password, stored)
            if matches { state.withLock { $0.throttle.succeeded(name: name, address: address) } }
            return matches
        } catch {
            state.withLock { $0.throttle.withdraw(name: name, address: address) }
            throw error
        }
    }

    /// Counts an attempt to make an account, or throws how long to wait.
    func countSignUp(from address: String) throws(IdentityError) {
        let now = now()
        try Self.refuse(state.withLock { $0.signUpThrottle.attempt(name: nil, address: address, now: now) })
    }

    /// For whoever had a link: nobody guesses those.
    func forgetSignUp(from address: String) {
        state.withLock { $0.signUpThrottle.withdraw(name: nil, address: address) }
    }

    private static func refuse(_ seconds: Int?) throws(IdentityError) {
        guard let seconds else { return }
        throw IdentityError(
            .tooManyAttempts, "Too many attempts. Try again in \(seconds) seconds.", retryAfter: seconds)
    }
}
