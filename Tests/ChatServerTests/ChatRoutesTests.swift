import ChatServer
import Conversations
import Foundation
import Testing

@Suite("Routes of chats")
struct ChatRoutesTests {
    private let fixture: ChatRoutesFixture

    init() throws { fixture = try ChatRoutesFixture() }

    @Test("a chat is listed, opened, changed, deleted and restored, and the watcher hears of it")
    func life() async throws {
        let begun = try await fixture.begin("Hello", reply: "Hi!")
        let id = begun.chat.id
        let list = await fixture.ask("GET", "/api/chats")
        #expect(list.objects("chats").map { $0["id"] as? String } == [id])
        #expect(list.json["next"] == nil)
        let open = await fixture.ask("GET", "/api/chats/\(id)")
        #expect(open.objects("messages").map { $0["content"] as? String } == ["Hello", "Hi!"])
        #expect(open.objects("messages").map { $0["role"] as? String } == ["user", "assistant"])
        #expect(open.objects("messages").last?["parent"] as? String == begun.question?.id)
        let changed = await fixture.ask(
            "PATCH", "/api/chats/\(id)", #"{"title":"名字","pinned":true,"settings":{"topK":3}}"#)
        #expect(changed.status == 200)
        #expect(changed.text("title") == "名字")
        #expect(changed.json["pinned"] as? Bool == true)
        #expect((changed.json["settings"] as? [String: Int]) == ["topK": 3])
        #expect(changed.json["running"] as? Bool == false)
        #expect(await fixture.ask("DELETE", "/api/chats/\(id)").status == 204)
        #expect(await fixture.ask("GET", "/api/chats/\(id)").status == 404)
        #expect(await fixture.ask("POST", "/api/chats/\(id)/restore").text("id") == id)
        #expect(fixture.watcher.events == ["changed \(id)", "removed \(id) of ann", "changed \(id)"])
    }

    @Test("pages of the list lead to each other")
    func pages() async throws {
        for number in 0..<5 { try await fixture.begin("Chat \(number)", reply: "a") }
        var seen: [String] = []
        var path = "/api/chats?limit=2"
        while true {
            let page = await fixture.ask("GET", path)
            seen += page.objects("chats").compactMap { $0["title"] as? String }
            guard let next = page.text("next") else { break }
            path = "/api/chats?limit=2&before=\(next)"
        }
        #expect(seen == (0..<5).reversed().map { "Chat \($0)" })
    }

    @Test("mistakes name their field")
    func mistakes() async throws {
        let id = try await fixture.begin("Hello", reply: "Hi!").chat.id
        for (body, field) in [
            (#"{"title":""}"#, "title"), (#"{"title":7}"#, "title"), (#"{"leaf":"x"}"#, "leaf"),
            (#"{"settings":{"temperature":3}}"#, "settings.temperature"), (#"{"model":""}"#, "model"),
        ] {
            let answer = await fixture.ask("PATCH", "/api/chats/\(id)", body)
            #expect(answer.status == 400, "\(body)")
            #expect((answer.json["error"] as? [String: String])?["field"] == field, "\(body)")
        }
        #expect(await fixture.ask("GET", "/api/chats?before=x").status == 400)
        #expect(await fixture.ask("GET", "/api/chats?limit=x").status == 400)
        #expect(await fixture.ask("GET", "/api/chats/\(id)/export?format=pdf").status == 400)
    }

    @Test("somebody else finds nothing on any route, and nobody is asked to sign in")
    func foreign() async throws {
        let begun = try await fixture.begin("Hello", reply: "Hi!")
        let share = await fixture.ask("POST", "/api/chats/\(begun.chat.id)/shares", #"{"audience":"anyone"}"#)
        let shareID = try #require(share.text("id"))
        let bodies = ["PATCH": #"{"title":"Mine"}"#, "POST": #"{"audience":"anyone"}"#]
        var tried = 0
        for route in fixture.routes where route.access == .account {
            let path = route.path.replacing("{chat}", with: begun.chat.id).replacing("{share}", with: shareID)
            #expect(await fixture.ask(route.method, path, as: nil, bodies[route.method]).status == 401, "\(path)")
            guard route.path.contains("{") else { continue }
            let answer = await fixture.ask(route.method, path, as: "bob", bodies[route.method])
            #expect(answer.status == 404, "\(route.method) \(route.path)")
            tried += 1
        }
        #expect(tried == 8)
        for path in ["/api/chats", "/api/search?q=hello", "/api/export"] {
            #expect(await !fixture.ask("GET", path, as: "bob").text.contains("Hello"), "\(path)")
        }
        #expect(fixture.watcher.events.isEmpty)
        #expect(await fixture.ask("GET", "/api/chats/\(begun.chat.id)").status == 200)
        #expect(await fixture.ask("GET", "/api/chats/\(begun.chat.id)/shares").objects("shares").count == 1)
    }

    @Test("search answers chats with marked snippets")
    func search() async throws {
        let begun = try await fixture.begin("问题", reply: "什么是大模型？")
        let query = "「模型」".addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let results = await fixture.ask("GET", "/api/search?q=\(query)").objects("results")
        #expect(results.count == 1)
        #expect(results.first?["message"] as? String == begun.answer.id)
        let parts = results.first?["snippet"] as? [[String: Any]] ?? []
        #expect(parts.map { $0["text"] as? String } == ["什么是大", "模型", "？"])
        #expect(parts.map { $0["hit"] as? Bool } == [false, true, false])
        #expect(await fixture.ask("GET", "/api/search").text == #"{"results":[]}"#)
    }

    @Test("an export is a file, and one account's export is another's import")
    func archive() async throws {
        let id = try await fixture.begin("你好 world", reply: "```\nHi").chat.id
        try await fixture.begin("Second", reply: "Yes")
        let markdown = await fixture.ask("GET", "/api/chats/\(id)/export?format=markdown")
        #expect(markdown.text.hasSuffix("```\nHi\n```\n"))
        #expect(
            markdown.headers.contains(
                "content-disposition: attachment; filename=\"chat.md\"; filename*=UTF-8''%E4%BD%A0%E5%A5%BD%20world.md")
        )
        #expect(await fixture.ask("GET", "/api/chats/\(id)/export?format=text").text.hasPrefix("你好 world\n"))
        let one = await fixture.ask("GET", "/api/chats/\(id)/export")
        #expect(one.objects("chats").count == 1)
        let all = await fixture.ask("GET", "/api/export")
        #expect(all.objects("chats").map { $0["title"] as? String } == ["你好 world", "Second"])
        #expect(await fixture.ask("GET", "/api/export", as: "eve").objects("chats").isEmpty)
        #expect(await fixture.ask("POST", "/api/import", as: "bob", all.text).text == #"{"chats":2}"#)
        let again = await fixture.ask("GET", "/api/export", as: "bob")
        #expect(again.objects("chats").map { $0["title"] as? String } == ["你好 world", "Second"])
        #expect(fixture.watcher.events.count == 2)
        let broken = await fixture.ask("POST", "/api/import", all.text.replacing("user", with: "root"))
        #expect(broken.status == 400)
        #expect((broken.json["error"] as? [String: String])?["field"] == "chats[0].messages[0].role")
        let large = String(repeating: " ", count: (16 << 20) + 1)
        #expect(await fixture.ask("POST", "/api/import", large).status == 413)
    }
}
