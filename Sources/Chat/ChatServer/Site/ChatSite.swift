import Conversations
import Foundation
package import Gateway
package import Identity
package import Logging
import Storage

/// The chat site: its pages, its API under /api, and behind that the platform's own API for those who hold its keys.
package struct ChatSite: SiteHandler {
    private let router: Router
    private let sessions: any SessionDirectory
    private let assets: AssetFolder
    private let platform: any SiteHandler
    private let logger: Logger

    /// - Parameter platform: What answers under /api where no route of the site does.
    package init(
        routes: [Route], sessions: any SessionDirectory, assets: AssetFolder, platform: any SiteHandler, logger: Logger
    ) {
        router = Router(routes)
        self.sessions = sessions
        self.assets = assets
        self.platform = platform
        self.logger = logger
    }

    package func respond(to request: SiteRequest) async -> SiteResponse {
        do {
            return try await answer(request)
        } catch is CancellationError {
            return refusal(SiteError(.unavailable, "The request was cancelled."), of: request)
        } catch let error as SiteError {
            return refusal(error, of: request)
        } catch let error as ConversationsError {
            return refusal(SiteError(error), of: request)
        } catch let error as IdentityError {
            return refusal(SiteError(error), of: request)
        } catch let error as StorageError {
            logger.error("\(error)", metadata: ["request": "\(request.id)"])
            return refusal(SiteError(error), of: request)
        } catch {
            logger.error("the site failed: \(error)", metadata: ["request": "\(request.id)"])
            return refusal(SiteError(.failed, "The site failed; its log says why."), of: request)
        }
    }

    private func answer(_ request: SiteRequest) async throws -> SiteResponse {
        guard request.path == "/api" || request.path.hasPrefix("/api/") else {
            guard request.method == "GET" || request.method == "HEAD" else {
                throw SiteError(.methodNotAllowed, "\(request.path.prefix(100)) takes GET.")
            }
            return try assets.response(to: request)
        }
        switch router.match(method: request.method, path: request.path) {
        case .route(let route, let parameters): return try await answer(request, route, parameters)
        case .otherMethods, .none:
            var response = await platform.respond(to: try await asAdministrator(request))
            response.headers += [("x-content-type-options", "nosniff")]
            return response
        }
    }

    /// The platform knows keys and the administration socket; an administrator who is signed in may do as much.
    private func asAdministrator(_ request: SiteRequest) async throws -> SiteRequest {
        guard request.caller?.scopes.contains(.admin) != true, let token = SessionCookie.token(of: request),
            let account = try await sessions.session(holding: token)?.account, account.role == .admin
        else { return request }
        if request.method != "GET" { try OriginCheck.check(request) }
        var request = request
        request.caller = Caller(id: account.id, name: account.name, scopes: [.admin])
        return request
    }

    private func answer(
        _ request: SiteRequest, _ route: Route, _ parameters: [String: String]
    ) async throws -> SiteResponse {
        // Also what only reads, where it is somebody's own: a foreign page would learn nothing, but could take up all
        // streams of events that an account may have.
        if route.method != "GET" || route.access != .everyone { try OriginCheck.check(request) }
        guard request.body.count <= route.bodyLimit else {
            throw SiteError(.tooLarge, "This takes at most \(route.bodyLimit) bytes.")
        }
        let token = SessionCookie.token(of: request)
        let signedIn = if let token { try await sessions.session(holding: token) } else { SignedIn?.none }
        switch (route.access, signedIn?.account.role) {
        case (.everyone, _), (.account, .some), (.administrator, .admin): break
        case (.administrator, .user): throw SiteError(.notAllowed, "This is for administrators.")
        case (_, nil): throw SiteError(.notSignedIn, "Sign in first.")
        }
        let context = SiteContext(
            request: request, parameters: parameters, signedIn: signedIn, sessionToken: signedIn == nil ? nil : token)
        var response = try await route.respond(context)
        response.headers += [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
        return response
    }

    private func refusal(_ error: SiteError, of request: SiteRequest) -> SiteResponse {
        var headers = [
            ("content-type", "application/json"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff"),
        ]
        if let seconds = error.retryAfter { headers.append(("retry-after", String(seconds))) }
        let body = ErrorBody(
            error: .init(
                code: error.code.rawValue, message: error.message, requestId: request.id, field: error.field))
        return SiteResponse(status: error.status, headers: headers, body: .bytes(SiteJSON.encode(body)))
    }

    private struct ErrorBody: Encodable {
        struct Detail: Encodable {
            var code: String
            var message: String
            var requestId: String
            var field: String?
        }
        var error: Detail
    }
}

/// Finds who is signed in with a session's secret.
package protocol SessionDirectory: Sendable {
    /// nil: nobody, or no longer.
    func session(holding token: String) async throws -> SignedIn?
}

extension SiteError {
    /// What a failing database means to whoever looks at a page.
    init(_ error: StorageError) {
        switch error.code {
        case .diskFull:
            self.init(.diskFull, "The server's disk is full: nothing can be stored until there is room again.")
        case .locked: self.init(.unavailable, "The server's database is busy: try again in a moment.", retryAfter: 2)
        default: self.init(.failed, "The server's database fails; its log says why.")
        }
    }
}

extension SiteError {
    /// What a chat refuses, in the site's codes.
    init(_ error: ConversationsError) {
        let code: Code =
            switch error.code {
            case .invalid, .misplaced, .invalidArchive: .invalid
            case .idTaken: .conflict
            case .limitReached: .limitReached
            case .alreadyRunning: .alreadyRunning
            }
        self.init(code, error.message, field: error.field)
    }
}
