import ChatServer
import Foundation
import Gateway
import Identity
import Logging
import Testing

@Suite("The site's door")
struct ChatSiteTests {
    @Test("finds a route by method and path, with the path's names decoded")
    func routes() async {
        let response = await site.respond(to: request("GET", "/api/echo/a%20b", cookie: "pronk_session=ann"))
        #expect(response.status == 200)
        #expect(text(response) == #""a b""#)
    }

    @Test("asks for whoever a route is for")
    func access() async {
        #expect(await site.respond(to: request("GET", "/api/echo/x")).status == 401)
        #expect(await site.respond(to: request("GET", "/api/echo/x", cookie: "pronk_session=eve")).status == 401)
        #expect(await site.respond(to: request("GET", "/api/secret", cookie: "pronk_session=ann")).status == 403)
        #expect(await site.respond(to: request("GET", "/api/secret", cookie: "a=b; pronk_session=root")).status == 200)
    }

    @Test(
        "refuses what a page of another site asks",
        arguments: [
            ["origin": "https://evil.example"], ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"],
            ["origin": "null"], ["origin": "http://chat.example.evil.example"],
        ])
    func foreignOrigin(headers: [String: String]) async {
        var call = request("POST", "/api/change", cookie: "pronk_session=ann")
        call.headers += headers.map { ($0.key, $0.value) }
        #expect(await site.respond(to: call).status == 403)
    }

    @Test("takes what its own pages ask")
    func ownOrigin() async {
        var call = request("POST", "/api/change", cookie: "pronk_session=ann")
        call.headers += [("origin", "http://chat.example"), ("sec-fetch-site", "same-origin")]
        #expect(await site.respond(to: call).status == 200)
    }

    @Test("refuses a body beyond the route's limit")
    func bodyLimit() async {
        var call = request("POST", "/api/change", cookie: "pronk_session=ann")
        call.body = Array(repeating: 0, count: 11)
        #expect(await site.respond(to: call).status == 413)
    }

    @Test("over TLS reads only the cookie that no other host can set")
    func hostCookie() async {
        var call = request("GET", "/api/echo/x", cookie: "pronk_session=ann")
        call.isSecure = true
        #expect(await site.respond(to: call).status == 401)
        call.headers = [("cookie", "__Host-pronk_session=ann")]
        #expect(await site.respond(to: call).status == 200)
    }

    @Test("leaves other paths under /api to the platform, in the name of administrators who are signed in")
    func platform() async {
        func status(_ cookie: String?, origin: String = "http://chat.example") async -> Int {
            var call = request("POST", "/api/admin/services/a/stop", cookie: cookie)
            call.headers.append(("origin", origin))
            return await site.respond(to: call).status
        }
        #expect(await status(nil) == 298)
        #expect(await status("pronk_session=ann") == 298)
        #expect(await status("pronk_session=root") == 299)
        #expect(await status("pronk_session=root", origin: "https://evil.example") == 403)
    }

    @Test("answers every page's address with the document, and a missing file with 404")
    func pages() async throws {
        let folder = URL.temporaryDirectory.appending(path: "site-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("<!doctype html>".utf8).write(to: folder.appending(path: "index.html"))
        try Data("let a = 1".utf8).write(to: folder.appending(path: "app-1234.js"))
        let site = makeSite(assets: AssetFolder(path: folder.path))
        for path in ["/", "/c/123", "/signin"] {
            let response = await site.respond(to: request("GET", path))
            #expect(response.status == 200)
            #expect(text(response) == "<!doctype html>")
            let policy = response.headers.first { $0.name == "content-security-policy" }?.value
            #expect(policy?.contains("script-src 'self';") == true)
        }
        let script = await site.respond(to: request("GET", "/app-1234.js"))
        #expect(script.headers.contains { $0.value.contains("immutable") })
        let tag = try #require(script.headers.first { $0.name == "etag" }?.value)
        var again = request("GET", "/app-1234.js")
        again.headers.append(("if-none-match", tag))
        #expect(await site.respond(to: again).status == 304)
        #expect(await site.respond(to: request("GET", "/app-0000.js")).status == 404)
        #expect(await site.respond(to: request("GET", "/../index.html")).status == 404)
        #expect(await site.respond(to: request("POST", "/")).status == 405)
    }

    private var site: ChatSite { makeSite(assets: AssetFolder(path: "/nonexistent")) }

    private func makeSite(assets: AssetFolder) -> ChatSite {
        ChatSite(
            routes: [
                Route("GET", "/api/echo/{word}", .account) { SiteJSON.response(try $0.parameter("word")) },
                Route("GET", "/api/secret", .administrator) { _ in SiteResponse() },
                Route("POST", "/api/change", .account, bodyLimit: 10) { _ in SiteResponse() },
            ], sessions: Sessions(), assets: assets, platform: Platform(), logger: Logger(label: "test"))
    }

    private func request(_ method: String, _ path: String, cookie: String? = nil) -> SiteRequest {
        SiteRequest(
            id: "r", method: method, path: path, query: nil,
            headers: [("host", "chat.example")] + (cookie.map { [("cookie", $0)] } ?? []), body: [], caller: nil,
            peer: "127.0.0.1", isSecure: false)
    }

    private func text(_ response: SiteResponse) -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private struct Sessions: SessionDirectory {
        func session(holding token: String) async throws -> SignedIn? {
            guard token == "ann" || token == "root" else { return nil }
            let role = token == "root" ? Account.Role.admin : .user
            return SignedIn(
                id: token, account: Account(id: token, name: token, displayName: token, role: role, created: 0))
        }
    }

    private struct Platform: SiteHandler {
        func respond(to request: SiteRequest) async -> SiteResponse {
            SiteResponse(status: request.caller?.scopes.contains(.admin) == true ? 299 : 298)
        }
    }
}
