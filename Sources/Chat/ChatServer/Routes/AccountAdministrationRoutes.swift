import Gateway
package import Identity

/// What administrators see and change of accounts, invitations and the way to new ones.
package struct AccountAdministrationRoutes: Sendable {
    private let accounts: AccountStore
    private let removal: AccountRemoval
    private let chatCounts: @Sendable () async throws -> [String: Int]
    private let sessionsChanged: @Sendable (_ account: String) async -> Void

    /// - Parameters:
    ///   - chatCounts: How many chats each account has.
    ///   - sessionsChanged: Called when sessions of an account have ended: whatever they have open must close.
    package init(
        accounts: AccountStore, removal: AccountRemoval,
        chatCounts: @escaping @Sendable () async throws -> [String: Int],
        sessionsChanged: @escaping @Sendable (_ account: String) async -> Void
    ) {
        self.accounts = accounts
        self.removal = removal
        self.chatCounts = chatCounts
        self.sessionsChanged = sessionsChanged
    }

    package var routes: [Route] {
        [
            Route("GET", "/api/admin/accounts", .administrator) { _ in try await list() },
            Route("PATCH", "/api/admin/accounts/{account}", .administrator) { try await change($0) },
            Route("DELETE", "/api/admin/accounts/{account}", .administrator) { try await remove($0) },
            Route("GET", "/api/admin/invitations", .administrator) { _ in try await invitations() },
            Route("POST", "/api/admin/invitations", .administrator) { try await invite($0) },
            Route("DELETE", "/api/admin/invitations/{invitation}", .administrator) { try await removeInvitation($0) },
            Route("GET", "/api/admin/settings", .administrator) { _ in try await settings() },
            Route("PATCH", "/api/admin/settings", .administrator) { try await changeSettings($0) },
        ]
    }
}

extension AccountAdministrationRoutes {
    private func list() async throws -> SiteResponse {
        let counts = try await chatCounts()
        let listed = try await accounts.accounts().map {
            AccountJSON($0.account, lastSeen: $0.lastSeen, chats: counts[$0.account.id] ?? 0)
        }
        return SiteJSON.response(["accounts": listed])
    }

    private struct Change: Decodable {
        var role: Account.Role?
        var disabled: Bool?
        var password: String?
    }

    private func change(_ context: SiteContext) async throws -> SiteResponse {
        let id = try context.parameter("account")
        let body = try context.body(Change.self)
        let account = try await accounts.administer(
            id, role: body.role, isDisabled: body.disabled, password: body.password, keeping: context.signedIn?.id)
        if body.password != nil || account.isDisabled { await sessionsChanged(id) }
        return SiteJSON.response(AccountJSON(account, lastSeen: nil, chats: nil))
    }

    private func remove(_ context: SiteContext) async throws -> SiteResponse {
        try await removal.remove(context.parameter("account"))
        return SiteResponse(status: 204)
    }
}

extension AccountAdministrationRoutes {
    private struct InvitationJSON: Encodable {
        var id: String
        var created: Int
        var expires: Int
        var note: String
        var usedBy: String?

        init(_ invitation: Invitation) {
            id = invitation.id
            created = invitation.created * 1_000
            expires = invitation.expires * 1_000
            note = invitation.note
            usedBy = invitation.usedBy
        }
    }

    private func invitations() async throws -> SiteResponse {
        SiteJSON.response(["invitations": try await accounts.invitations().map(InvitationJSON.init)])
    }

    private struct NewInvitation: Decodable {
        var note: String?
        var expires: Int?
    }

    private struct MadeInvitation: Encodable {
        var invitation: InvitationJSON
        var token: String
    }

    private func invite(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(NewInvitation.self)
        let (invitation, token) = try await accounts.invite(
            note: body.note ?? "", expires: body.expires.map { $0 / 1_000 })
        return SiteJSON.response(MadeInvitation(invitation: InvitationJSON(invitation), token: token))
    }

    private func removeInvitation(_ context: SiteContext) async throws -> SiteResponse {
        try await accounts.removeInvitation(context.parameter("invitation"))
        return SiteResponse(status: 204)
    }

    private struct Settings: Codable {
        var signUp: SignUpMode
    }

    private func settings() async throws -> SiteResponse {
        SiteJSON.response(Settings(signUp: try await accounts.signUpMode()))
    }

    private func changeSettings(_ context: SiteContext) async throws -> SiteResponse {
        let settings = try context.body(Settings.self)
        try await accounts.setSignUpMode(settings.signUp)
        return SiteJSON.response(settings)
    }
}
