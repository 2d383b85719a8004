package import Identity

/// Removes an account with all that belongs to it.
///
/// In steps that can be taken up again: first nobody can sign in to it or find it, then its data goes, and last its
/// name becomes free. If the server ends in between, the next start goes on.
package struct AccountRemoval: Sendable {
    private let accounts: AccountStore
    private let sessionsChanged: @Sendable (_ account: String) async -> Void
    private let removeData: @Sendable (_ account: String) async throws -> Void

    /// - Parameters:
    ///   - sessionsChanged: Called when sessions of an account have ended: whatever they have open must close.
    ///   - removeData: Removes what an account owns; may be called again for what is removed already.
    package init(
        accounts: AccountStore, sessionsChanged: @escaping @Sendable (_ account: String) async -> Void,
        removeData: @escaping @Sendable (_ account: String) async throws -> Void
    ) {
        self.accounts = accounts
        self.sessionsChanged = sessionsChanged
        self.removeData = removeData
    }

    func remove(_ account: String) async throws {
        try await accounts.beginRemoval(of: account)
        await sessionsChanged(account)
        try await finish(account)
    }

    /// Goes on with removals that were interrupted; for the server's start.
    package func resume() async throws {
        for account in try await accounts.beingRemoved() { try await finish(account) }
    }

    private func finish(_ account: String) async throws {
        try await removeData(account)
        try await accounts.finishRemoval(of: account)
    }
}
