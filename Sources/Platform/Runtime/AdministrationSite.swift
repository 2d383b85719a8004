import Foundation
package import Gateway
import Identity
import OpenAIAPI

/// The platform's own API under /api: what `pronk status`, `wake` and `explain` ask.
package struct AdministrationSite: SiteHandler {
    private let platform: Platform
    private let version: String

    package init(platform: Platform, version: String) {
        self.platform = platform
        self.version = version
    }

    package func respond(to request: SiteRequest) async -> SiteResponse {
        do {
            return try answer(request)
        } catch let error as APIError {
            return SiteResponse(
                status: error.status, headers: [("content-type", "application/json")],
                body: .bytes(error.body(requestID: request.id)))
        } catch {
            let failure = APIError(.internalError, "The platform failed: \(error)")
            return SiteResponse(
                status: failure.status, headers: [("content-type", "application/json")],
                body: .bytes(failure.body(requestID: request.id)))
        }
    }

    private func answer(_ request: SiteRequest) throws -> SiteResponse {
        let parts = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        guard parts.first == "api" else { throw unknown(request) }
        guard request.caller?.scopes.contains(.admin) == true else { throw forbidden() }
        switch (request.method, parts.dropFirst().first, parts.count) {
        case ("GET", "status", 2): return try json(platform.status(version: version))
        case ("GET", "requests", 3):
            guard let story = platform.explanation(named: parts[2]) else {
                throw APIError(.unknownURL, "No request '\(parts[2].prefix(100))' is known to the platform any more.")
            }
            return try json(story)
        case ("POST", "services", 4) where parts[3] == "wake":
            guard platform.has(parts[2]) else {
                throw APIError(.modelNotFound, "There is no service '\(parts[2].prefix(100))'.")
            }
            platform.wake(parts[2])
            return SiteResponse(status: 202)
        default: throw unknown(request)
        }
    }

    private func json(_ body: some Encodable) throws -> SiteResponse {
        SiteResponse(headers: [("content-type", "application/json")], body: .bytes(try JSONBody.encode(body)))
    }

    private func unknown(_ request: SiteRequest) -> APIError {
        APIError(.unknownURL, "There is no \(request.method) \(request.path.prefix(100)) here.")
    }

    private func forbidden() -> APIError {
        APIError(.missingScope, "This needs a key with the scope 'admin': `pronk key create --scope admin` makes one.")
    }
}
