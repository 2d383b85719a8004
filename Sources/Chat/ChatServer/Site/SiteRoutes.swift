package import Conversations
package import Identity

/// Every route of the site, in one table: what the program serves is what a test walks through.
package struct SiteRoutes: Sendable {
    package let all: [Route]
    /// Goes on with removals of accounts that a restart interrupted.
    package let removal: AccountRemoval

    /// - Parameters:
    ///   - version: Of the program.
    ///   - hasVoice: Whether a service turns speech into text.
    package init(
        accounts: AccountStore, chats: ChatStore, answers: AnswerModule, models: any ModelDirectory, version: String,
        hasVoice: @escaping @Sendable () -> Bool
    ) {
        let hub = answers.hub
        let signedOut: @Sendable (String) async -> Void = { await hub.signedOut(account: $0) }
        let removal = AccountRemoval(accounts: accounts, sessionsChanged: signedOut) { account in
            await hub.forget(account: account)
            try await chats.removeAll(owner: account)
        }
        let ownAccounts = AccountRoutes(
            accounts: accounts, removal: removal, version: version, hasVoice: hasVoice, sessionsChanged: signedOut)
        let administration = AccountAdministrationRoutes(
            accounts: accounts, removal: removal, chatCounts: { try await chats.counts() }, sessionsChanged: signedOut)
        let ownChats = ChatRoutes(store: chats, watcher: hub) { try await hub.tree($0, owner: $1) }
        let shares = ShareRoutes(store: chats) { model in models.models().first { $0.id == model }?.license }
        all =
            ownAccounts.routes + administration.routes + answers.routes + ownChats.routes
            + ArchiveRoutes(store: chats, watcher: hub).routes + shares.routes
        self.removal = removal
    }
}
