import ChatServer
import Conversations
import Foundation
import Identity
import Testing

/// Walks through the program's own table of routes: one that is added and not thought of here makes a test fail.
@Suite("Every route of the site", .timeLimit(.minutes(2)))
struct RouteWalkTests {
    /// What routes with a body take, filled with what stands in braces.
    private static let bodies = [
        "POST /api/session": #"{"name":"ann","password":"correct horse battery"}"#,
        "POST /api/setup": #"{"token":"x","name":"eve","password":"correct horse battery"}"#,
        "POST /api/accounts": #"{"name":"eve","password":"correct horse battery"}"#,
        "PATCH /api/account": #"{"displayName":"Eve","preferences":{"language":"en"}}"#,
        "POST /api/account/password": #"{"current":"correct horse battery","new":"another horse battery"}"#,
        "DELETE /api/account": #"{"password":"correct horse battery"}"#,
        "PATCH /api/admin/accounts/{account}": #"{"disabled":true}"#,
        "POST /api/admin/invitations": #"{"note":"x"}"#,
        "PATCH /api/admin/settings": #"{"signUp":"open"}"#,
        "POST /api/chats": #"{"message":{"content":"x"}}"#,
        "POST /api/chats/{chat}/messages": #"{"parent":"{message}","content":"x"}"#,
        "POST /api/messages/{message}/regenerate": #"{"model":"m"}"#,
        "PATCH /api/chats/{chat}": #"{"title":"x","leaf":"{question}"}"#,
        "POST /api/import": #"{"format":"pronk.chats","version":1,"chats":[]}"#,
        "POST /api/chats/{chat}/shares": #"{"audience":"anyone"}"#,
    ]
    /// What stands in a path and is nobody's own: models, and a link that its holder may read.
    private static let shared: Set = ["model", "token"]
    private static let everyone: Set = [
        "GET /api/session", "POST /api/session", "POST /api/setup", "POST /api/accounts", "GET /api/shared/{token}",
    ]

    @Test("asks nobody in who is not signed in, but for the few that say so")
    func nobody() async throws {
        let site = try await WholeSite()
        let things = try await site.belongings()
        for route in site.routes {
            let key = "\(route.method) \(route.path)"
            #expect((route.access == .everyone) == Self.everyone.contains(key), "\(key)")
            guard route.access != .everyone else { continue }
            let status = await site.ask(
                route.method, Self.filled(route.path, things), Self.body(of: key, things), by: nil
            ).status
            #expect(status == 401, "\(key)")
        }
        // A share for people with an account.
        #expect(await site.ask("GET", Self.filled("/api/shared/{token}", things), by: nil).status == 401)
    }

    @Test("lets no user do what administrators do")
    func users() async throws {
        let site = try await WholeSite()
        let things = try await site.belongings()
        for route in site.routes where route.path.hasPrefix("/api/admin/") || route.access == .administrator {
            let key = "\(route.method) \(route.path)"
            #expect(route.access == .administrator, "\(key)")
            let (path, body) = (Self.filled(route.path, things), Self.body(of: key, things))
            #expect(await site.ask(route.method, path, body, by: .bob).status == 403, "\(key)")
            #expect(200..<300 ~= (await site.ask(route.method, path, body, by: .root).status), "\(key)")
        }
    }

    @Test("answers 404 for what is somebody else's, and its owner gets it by the same path")
    func owners() async throws {
        let site = try await WholeSite()
        for route in site.routes where route.access == .account {
            let names = Set(
                route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() })
            guard !names.isEmpty, names.isDisjoint(with: Self.shared.map { $0[...] }) else { continue }
            let key = "\(route.method) \(route.path)"
            let things = try await site.belongings()
            for name in names { try #require(things[String(name)] != nil, "\(key): the test knows no \(name)") }
            let (path, body) = (Self.filled(route.path, things), Self.body(of: key, things))
            let before = try await site.chats.tree(things["chat"] ?? "", owner: site.ids[.ann] ?? "")
            // An administrator is no owner either.
            for stranger in [WholeSite.Person.bob, .root] {
                let refused = await site.ask(route.method, path, body, by: stranger)
                #expect(refused.status == 404, "\(key)")
                #expect(!refused.body.contains("secret") && !refused.body.contains("Whisper"), "\(key)")
            }
            let after = try await site.chats.tree(things["chat"] ?? "", owner: site.ids[.ann] ?? "")
            #expect(before?.chat == after?.chat && before?.messages == after?.messages, "\(key)")
            // Restoring is for what was deleted.
            if key.hasSuffix("/restore") {
                _ = try await site.chats.delete(things["chat"] ?? "", owner: site.ids[.ann] ?? "")
            }
            let own = await site.ask(route.method, path, body, by: .ann)
            #expect(200..<300 ~= own.status, "\(key): \(own)")
        }
    }

    @Test("takes nothing of somebody else's that a body names")
    func bodies() async throws {
        let site = try await WholeSite()
        let things = try await site.belongings()
        let own = RandomID.make()
        func ask(_ method: String, _ path: String, _ body: String) async -> Int {
            await site.ask(method, path, Self.filled(body, things), by: .bob).status
        }
        #expect(await ask("POST", "/api/chats", #"{"id":"\#(own)","message":{"content":"x"}}"#) == 200)
        #expect(await ask("POST", "/api/chats", #"{"id":"{chat}","message":{"content":"x"}}"#) == 409)
        #expect(await ask("POST", "/api/chats", #"{"message":{"id":"{question}","content":"x"}}"#) == 409)
        let more = "/api/chats/\(own)/messages"
        #expect(await ask("POST", more, #"{"parent":"{message}","content":"x"}"#) == 400)
        #expect(await ask("POST", more, #"{"id":"{question}","content":"x"}"#) == 409)
        #expect(await ask("PATCH", "/api/chats/\(own)", #"{"leaf":"{message}"}"#) == 400)
        let found = await site.ask("GET", "/api/search", by: .bob)
        #expect(!found.body.contains("secret"))
    }

    @Test(
        "refuses everything that a foreign page asks in the name of whoever looks at it",
        arguments: [
            [("origin", "https://evil.example")], [("origin", "null")], [("sec-fetch-site", "cross-site")],
            [("sec-fetch-site", "same-site")], [("origin", "http://chat.example:81")],
            [("origin", "http://chat.example"), ("sec-fetch-site", "cross-site")],
        ])
    func foreignPages(headers: [(String, String)]) async throws {
        let site = try await WholeSite()
        let things = try await site.belongings()
        for route in site.routes where route.method != "GET" || route.access != .everyone {
            let key = "\(route.method) \(route.path)"
            for type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
                let status = await site.ask(
                    route.method, Self.filled(route.path, things), Self.body(of: key, things), by: .root, type: type,
                    adding: headers
                ).status
                #expect(status == 403, "\(key) \(type)")
            }
        }
    }

    @Test("reads no body that a form of a foreign page could send")
    func forms() async throws {
        let site = try await WholeSite()
        let things = try await site.belongings()
        for (key, body) in Self.bodies {
            let parts = key.split(separator: " ")
            try #require(site.routes.contains { $0.method == parts[0] && $0.path == parts[1] }, "\(key)")
            // An import is read as it is: browsers ask before they send it from elsewhere, as they do for `PATCH`.
            guard key != "POST /api/import" else { continue }
            for type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
                let status = await site.ask(
                    String(parts[0]), Self.filled(String(parts[1]), things), Self.filled(body, things),
                    by: key.contains("admin") ? .root : .ann, type: type, adding: []
                ).status
                #expect(status == 400, "\(key) \(type)")
            }
        }
    }

    @Test("finds nothing under a path with a zero byte or broken escapes")
    func paths() async throws {
        let site = try await WholeSite()
        let things = try await site.belongings()
        let path = Self.filled("/api/chats/{chat}", things)
        #expect(await site.ask("GET", path, by: .ann).status == 200)
        for tail in ["%00", "%00x", "%ff", "%", "%2f..%2f", "%2e%2e/x"] {
            #expect(await site.ask("GET", path + tail, by: .ann).status != 200, "\(tail)")
        }
    }

    @Test("stands in docs/site-api.md, which names no route that is not there")
    func documentation() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/site-api.md"), encoding: .utf8)
        var told: Set<String> = []
        for match in text.matches(of: /(GET|POST|PATCH|DELETE) (\/api\/[^\s|?,`]*)/) {
            told.insert("\(match.1) \(match.2)")
        }
        if text.contains("/api/admin/settings, PATCH") { told.insert("PATCH /api/admin/settings") }
        // These the platform answers.
        let platform: Set = [
            "GET /api/admin/status", "GET /api/admin/history", "GET /api/admin/bill",
            "POST /api/admin/services/{service}/wake", "GET /api/admin/services/{service}/logs",
        ]
        let known = Set(try await WholeSite().routes.map { "\($0.method) \($0.path)" })
        #expect(known.subtracting(told) == [])
        #expect(told.subtracting(known) == platform)
    }

    private static func filled(_ text: String, _ things: WholeSite.Belongings) -> String {
        things.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    private static func body(of key: String, _ things: WholeSite.Belongings) -> String? {
        bodies[key].map { filled($0, things) }
    }
}
