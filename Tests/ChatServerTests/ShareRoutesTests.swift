import ChatServer
import Conversations
import Testing

@Suite("Routes of shares")
struct ShareRoutesTests {
    private let fixture: ChatRoutesFixture

    init() throws { fixture = try ChatRoutesFixture() }

    @Test("a link shows its branch to whom it is for, and no later message")
    func shows() async throws {
        let begun = try await fixture.begin("Hello", reply: "<think>hm</think>Hi!")
        let path = "/api/chats/\(begun.chat.id)/shares"
        let open = await fixture.ask("POST", path, #"{"audience":"anyone"}"#)
        let closed = await fixture.ask("POST", path, #"{"audience":"accounts"}"#)
        let openToken = try #require(open.text("token"))
        let closedToken = try #require(closed.text("token"))
        let listed = await fixture.ask("GET", path).objects("shares")
        #expect(listed.map { $0["token"] as? String } == [closedToken, openToken])
        for name in [nil, "bob", "ann"] {
            let shown = await fixture.ask("GET", "/api/shared/\(openToken)", as: name)
            #expect(shown.status == 200)
            #expect(shown.text("title") == "Hello")
            #expect(shown.text("license") == "Built with Meta Llama 3")
            #expect(shown.objects("messages").map { $0["content"] as? String } == ["Hello", "Hi!"])
            #expect(Set(shown.json.keys) == ["title", "created", "model", "license", "messages"])
        }
        #expect(await fixture.ask("GET", "/api/shared/\(closedToken)", as: nil).status == 401)
        #expect(await fixture.ask("GET", "/api/shared/\(closedToken)", as: "bob").status == 200)
        #expect(await fixture.ask("GET", "/api/shared/none", as: nil).status == 404)
        let id = try #require(open.text("id"))
        #expect(await fixture.ask("DELETE", "/api/shares/\(id)").status == 204)
        #expect(await fixture.ask("GET", "/api/shared/\(openToken)", as: nil).status == 404)
    }

    @Test("a wrong audience or a time that is over is refused")
    func refuses() async throws {
        let chat = try await fixture.begin("Hello", reply: "Hi!").chat.id
        for body in [#"{"audience":"all"}"#, #"{}"#, #"{"audience":"anyone","expires":5}"#] {
            #expect(await fixture.ask("POST", "/api/chats/\(chat)/shares", body).status == 400, "\(body)")
        }
    }
}
