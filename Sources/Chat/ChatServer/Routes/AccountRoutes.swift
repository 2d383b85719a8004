import Gateway
package import Identity

/// Signing in and up, and what people change of their own accounts.
package struct AccountRoutes: Sendable {
    private let accounts: AccountStore
    private let removal: AccountRemoval
    private let version: String
    private let hasVoice: @Sendable () -> Bool
    private let sessionsChanged: @Sendable (_ account: String) async -> Void

    /// - Parameters:
    ///   - version: Of the program, for pages that have been open since before an upgrade.
    ///   - hasVoice: Whether a service turns speech into text.
    ///   - sessionsChanged: Called when sessions of an account have ended: whatever they have open must close.
    package init(
        accounts: AccountStore, removal: AccountRemoval, version: String,
        hasVoice: @escaping @Sendable () -> Bool,
        sessionsChanged: @escaping @Sendable (_ account: String) async -> Void
    ) {
        self.accounts = accounts
        self.removal = removal
        self.version = version
        self.hasVoice = hasVoice
        self.sessionsChanged = sessionsChanged
    }

    package var routes: [Route] {
        let small = Limits.accountBodyBytes
        return [
            Route("GET", "/api/session", .everyone, bodyLimit: small) { try await state($0) },
            Route("POST", "/api/session", .everyone, bodyLimit: small) { try await signIn($0) },
            Route("POST", "/api/setup", .everyone, bodyLimit: small) { try await setUp($0) },
            Route("POST", "/api/accounts", .everyone, bodyLimit: small) { try await signUp($0) },
            Route("DELETE", "/api/session", .account, bodyLimit: small) { try await signOut($0) },
            Route("DELETE", "/api/sessions", .account, bodyLimit: small) { try await signOutEverywhere($0) },
            Route("GET", "/api/sessions", .account, bodyLimit: small) { try await sessions($0) },
            Route("PATCH", "/api/account", .account, bodyLimit: Limits.preferencesBodyBytes) { try await change($0) },
            Route("POST", "/api/account/password", .account, bodyLimit: small) { try await changePassword($0) },
            Route("DELETE", "/api/account", .account, bodyLimit: small) { try await remove($0) },
        ]
    }
}

extension AccountRoutes {
    private struct State: Encodable {
        var account: AccountJSON?
        var needsSetup: Bool
        var signUp: SignUpMode
        var version: String
        var passwordMinimum: Int
        var voice: Bool
    }

    private func state(_ context: SiteContext) async throws -> SiteResponse {
        let account = context.signedIn.map { AccountJSON(own: $0.account) }
        var response = SiteJSON.response(
            State(
                account: account, needsSetup: try await accounts.needsSetup(), signUp: try await accounts.signUpMode(),
                version: version, passwordMinimum: Identity.Limits.passwordScalars, voice: hasVoice()))
        // Pages ask this first, so a browser keeps the cookie for as long as the session lasts.
        if let token = context.sessionToken { response.headers.append(cookie(token, context)) }
        return response
    }

    private struct SignIn: Decodable {
        var name: String
        var password: String
    }

    private func signIn(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(SignIn.self)
        let session = try await accounts.signIn(
            name: body.name, password: body.password, from: context.visitor, replacing: context.signedIn?.id)
        return await welcome(session, context)
    }

    private struct SetUp: Decodable {
        var token: String
        var name: String
        var password: String
    }

    private func setUp(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(SetUp.self)
        let session = try await accounts.setUp(
            token: body.token, name: body.name, password: body.password, from: context.visitor,
            replacing: context.signedIn?.id)
        return await welcome(session, context)
    }

    private struct SignUp: Decodable {
        var name: String
        var password: String
        var invitation: String?
    }

    private func signUp(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(SignUp.self)
        let session = try await accounts.signUp(
            name: body.name, password: body.password, invitation: body.invitation, from: context.visitor,
            replacing: context.signedIn?.id)
        return await welcome(session, context)
    }

    /// The answer to whoever has just signed in, in place of whoever the browser had signed in before.
    private func welcome(_ session: NewSession, _ context: SiteContext) async -> SiteResponse {
        if let before = context.signedIn { await sessionsChanged(before.account.id) }
        var response = SiteJSON.response(AccountJSON(own: session.signedIn.account))
        response.headers.append(cookie(session.token, context))
        return response
    }

    private func cookie(_ token: String, _ context: SiteContext) -> (name: String, value: String) {
        SessionCookie.setting(token, for: context.request, seconds: Identity.Limits.sessionSeconds)
    }

    private func signOut(_ context: SiteContext) async throws -> SiteResponse {
        guard let signedIn = context.signedIn else { return Self.goodbye(context) }
        try await accounts.signOut(session: signedIn.id)
        await sessionsChanged(signedIn.account.id)
        return Self.goodbye(context)
    }

    private func signOutEverywhere(_ context: SiteContext) async throws -> SiteResponse {
        let id = try context.account.id
        try await accounts.signOutEverywhere(id)
        await sessionsChanged(id)
        return Self.goodbye(context)
    }

    private static func goodbye(_ context: SiteContext) -> SiteResponse {
        SiteResponse(status: 204, headers: [SessionCookie.clearing(for: context.request)])
    }
}

extension AccountRoutes {
    private struct SessionJSON: Encodable {
        var id: String
        var created: Int
        var lastUsed: Int
        var agent: String
        var address: String
        var current: Bool
    }

    private func sessions(_ context: SiteContext) async throws -> SiteResponse {
        let current = context.signedIn?.id
        let sessions = try await accounts.sessions(of: context.account.id).map {
            SessionJSON(
                id: $0.id, created: $0.created * 1_000, lastUsed: $0.lastUsed * 1_000, agent: $0.visitor.agent,
                address: $0.visitor.address, current: $0.id == current)
        }
        return SiteJSON.response(["sessions": sessions])
    }

    private struct Change: Decodable {
        var displayName: String?
        var preferences: [String: JSON]?
    }

    private func change(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(Change.self)
        let preferences = body.preferences.map { String(decoding: SiteJSON.encode($0), as: UTF8.self) }
        let account = try await accounts.change(
            context.account.id, displayName: body.displayName, preferences: preferences)
        return SiteJSON.response(AccountJSON(own: account))
    }

    private struct PasswordChange: Decodable {
        var current: String
        var new: String
    }

    private func changePassword(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(PasswordChange.self)
        guard let signedIn = context.signedIn else { throw SiteError(.notSignedIn, "Sign in first.") }
        try await accounts.changePassword(
            of: signedIn.account.id, from: body.current, to: body.new, keeping: signedIn.id, visitor: context.visitor)
        await sessionsChanged(signedIn.account.id)
        return SiteResponse(status: 204)
    }

    private struct Removal: Decodable {
        var password: String
    }

    private func remove(_ context: SiteContext) async throws -> SiteResponse {
        let body = try context.body(Removal.self)
        let id = try context.account.id
        try await accounts.confirm(body.password, of: id, visitor: context.visitor)
        try await removal.remove(id)
        return Self.goodbye(context)
    }
}

extension SiteContext {
    /// Where the request comes from.
    var visitor: Visitor { Visitor(agent: request.header("user-agent") ?? "", address: request.peer) }
}

extension AccountStore: SessionDirectory {}
