package import Conversations
import Gateway

/// Branches of chats for others to read.
package struct ShareRoutes: Sendable {
    private let store: ChatStore
    private let license: @Sendable (String) async -> String?

    /// - Parameter license: What has to be said of a model wherever its answers are shown, such as "Built with Meta
    ///   Llama 3"; nil: nothing.
    package init(store: ChatStore, license: @escaping @Sendable (String) async -> String?) {
        self.store = store
        self.license = license
    }

    package var routes: [Route] {
        [
            Route("GET", "/api/chats/{chat}/shares", .account, respond: list),
            Route("POST", "/api/chats/{chat}/shares", .account, respond: share),
            Route("DELETE", "/api/shares/{share}", .account, respond: revoke),
            // Whoever has the link, or of those whoever is signed in: the share says which.
            Route("GET", "/api/shared/{token}", .everyone, respond: show),
        ]
    }

    private struct Record: Encodable {
        var id: String
        var token: String
        var audience: String
        var created: Int
        var expires: Int?
        var messages: Int

        init(_ share: Share) {
            id = share.id
            token = share.token
            audience = share.audience.rawValue
            created = share.created
            expires = share.expires
            messages = share.messages
        }
    }

    private struct List: Encodable {
        var shares: [Record]
    }

    private func list(_ context: SiteContext) async throws -> SiteResponse {
        guard let shares = try await store.shares(of: context.parameter("chat"), owner: context.account.id) else {
            throw SiteError.noChat
        }
        return SiteJSON.response(List(shares: shares.map(Record.init)))
    }

    private struct Wish: Decodable {
        var audience: String
        var expires: Int?
    }

    private func share(_ context: SiteContext) async throws -> SiteResponse {
        let wish = try context.body(Wish.self)
        guard let audience = Share.Audience(rawValue: wish.audience) else {
            throw SiteError(.invalid, "'audience' is anyone or accounts.", field: "audience")
        }
        let share = try await store.share(
            context.parameter("chat"), owner: context.account.id, audience: audience, expires: wish.expires)
        guard let share else { throw SiteError.noChat }
        return SiteJSON.response(Record(share))
    }

    private func revoke(_ context: SiteContext) async throws -> SiteResponse {
        guard try await store.revoke(share: context.parameter("share"), owner: context.account.id) else {
            throw SiteError(.notFound, "There is no such share.")
        }
        return SiteResponse(status: 204)
    }

    private struct Shown: Encodable {
        var title: String
        var created: Int
        var model: String
        var license: String?
        var messages: [SharedBranch.Line]
    }

    private func show(_ context: SiteContext) async throws -> SiteResponse {
        guard let (share, branch) = try await store.shared(context.parameter("token")) else {
            throw SiteError(.notFound, "This link shows nothing, or no longer.")
        }
        guard share.audience == .anyone || context.signedIn != nil else {
            throw SiteError(.notSignedIn, "This is for people with an account here: sign in first.")
        }
        return SiteJSON.response(
            Shown(
                title: branch.title, created: share.created, model: branch.model,
                license: await license(branch.model), messages: branch.messages))
    }
}
