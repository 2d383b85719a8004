import ChatServer
import Conversations
import Foundation
import Gateway
import Identity
import Logging
import Testing

@Suite("Routes of answers", .timeLimit(.minutes(2)))
struct RouteTests {
    @Test("a chat begins, goes on, is answered again, stopped and continued")
    func life() async throws {
        let (chatting, site) = try make()
        let id = RandomID.make()
        let begun = try await site.call(
            "POST", "/api/chats", #"{"id":"\#(id)","settings":{"topK":3},"message":{"content":"Hi"}}"#)
        let chat = try #require(begun["chat"] as? [String: Any])
        #expect(chat["id"] as? String == id && chat["running"] as? Bool == true && chat["model"] as? String == "m")
        let messages = try #require(begun["messages"] as? [[String: Any]])
        #expect(messages.count == 2 && messages[1]["state"] as? String == "waiting" && messages[1]["seed"] == nil)
        let answer = try #require(messages[1]["id"] as? String)
        let call = try await chatting.model.calls.next()
        #expect(call.request.settings.topK == 3)
        call.say("Hello")
        let stopped = try await site.call("POST", "/api/messages/\(answer)/stop")
        #expect(stopped["state"] as? String == "stopped")
        try await call.cancelled.next()
        try await chatting.waitUntilStored(
            Message(id: answer, chat: id, parent: nil, role: .assistant, content: "", created: 0)
        ) { $0.state == .stopped }
        let other = try await site.call("POST", "/api/messages/\(answer)/regenerate")
        #expect((other["messages"] as? [[String: Any]])?.first?["parent"] as? String == messages[0]["id"] as? String)
        try await chatting.model.calls.next().end()
        let next = try await site.call(
            "POST", "/api/chats/\(id)/messages", #"{"parent":"\#(answer)","content":"More"}"#)
        #expect((next["messages"] as? [[String: Any]])?.count == 2)
        try await chatting.model.calls.next().end()
        _ = try await site.call("POST", "/api/chats/\(id)/title", expecting: 202)
        _ = try await site.call("DELETE", "/api/chats/\(id)/title", expecting: 204)
    }

    @Test(
        "refuses what makes no sense",
        arguments: [
            ("/api/chats", #"{"message":{"content":"  "}}"#, 400), ("/api/chats", #"{"message":{}}"#, 400),
            ("/api/chats", #"{"model":"none","message":{"content":"x"}}"#, 400),
            ("/api/chats", #"{"id":"1","message":{"content":"x"}}"#, 400),
            ("/api/chats", #"{"settings":{"topP":2},"message":{"content":"x"}}"#, 400),
            ("/api/chats", #"{"message":{"content":"x","parent":"y"}}"#, 400),
            ("/api/chats/none/messages", #"{"content":"x"}"#, 404), ("/api/messages/none/stop", "", 404),
            ("/api/messages/none/continue", "", 404), ("/api/messages/none/regenerate", "", 404),
            ("/api/models/none/wake", "", 404),
        ])
    func refuses(path: String, body: String, status: Int) async throws {
        let (_, site) = try make()
        _ = try await site.call("POST", path, body, expecting: status)
    }

    @Test("lists and wakes models")
    func models() async throws {
        let (chatting, site) = try make()
        let models = try await site.call("GET", "/api/models")["models"] as? [[String: Any]]
        #expect(models?.first?["id"] as? String == "m" && models?.first?["contextLength"] as? Int == 4_096)
        _ = try await site.call("POST", "/api/models/m/wake", expecting: 202)
        #expect(chatting.directory.woken == ["m"])
    }

    @Test("a recording goes to the voice service with its model's name, and nothing else")
    func voice() async throws {
        let (chatting, site) = try make()
        let form =
            "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nevil\r\n"
            + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.webm\"\r\n"
            + "Content-Type: audio/webm\r\n\r\nA\r\n-xB\u{0}\r\n--x\r\n"
            + "Content-Disposition: form-data; name=\"language\"\r\n\r\nzh\r\n--x--\r\n"
        let answer = try await site.call(
            "POST", "/api/transcriptions", form, type: "multipart/form-data; boundary=\"x\"")
        #expect(answer["text"] as? String == "said")
        let sent = try await chatting.model.recordings.next()
        let parts = try #require(MultipartForm(contentType: sent.type, body: sent.body)).parts.map(\.name)
        #expect(parts == ["model", "response_format", "file", "language"])
        let text = String(decoding: sent.body, as: UTF8.self)
        #expect(text.contains("whisper") && !text.contains("evil") && text.contains("A\r\n-xB\u{0}\r\n--x"))
        #expect(sent.caller == "ann")
        for body in ["", "--x--\r\n", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--"] {
            _ = try await site.call(
                "POST", "/api/transcriptions", body, type: "multipart/form-data; boundary=x", expecting: 400)
        }
    }

    @Test(
        "Llama 3 and what is made of it is named as its licence asks",
        arguments: [
            ("Meta-Llama-3-8B-Instruct-GPTQ", true), ("llama3.2", true), ("My Llama 3.1 tune", true),
            ("tinyllama-3t", false), ("llama-30b", false), ("Llama-2-7b", false), ("SmolLM2-135M", false),
            ("Llama-3", true),
        ])
    func licence(name: String, isLlama: Bool) {
        #expect(LicenseNotice.text(for: "service", name) == (isLlama ? "Built with Meta Llama 3" : nil))
    }

    static let account = Account(
        id: "ann", name: "ann", displayName: "Ann", role: .user, created: 0, preferences: #"{"modelTitles":false}"#)

    private func make() throws -> (Chatting, TestSite) {
        let chatting = try Chatting()
        return (chatting, TestSite(chatting, client: chatting.model))
    }
}

/// The routes of answers behind the site's door, with Ann signed in.
struct TestSite {
    private let site: ChatSite

    init(_ chatting: Chatting, client: any CompletionClient & TranscriptionClient) {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let module = AnswerModule(
            store: chatting.store, client: client, directory: chatting.directory, people: NoPeople(),
            voiceModel: { "whisper" }, logger: logger)
        site = ChatSite(
            routes: module.routes, sessions: Everyone(), assets: AssetFolder(path: "/nonexistent"), platform: Nothing(),
            logger: logger)
    }

    func call(
        _ method: String, _ path: String, _ body: String = "", type: String = "application/json",
        expecting status: Int = 200
    ) async throws -> [String: Any] {
        let response = await site.respond(
            to: SiteRequest(
                id: "r", method: method, path: path, query: nil,
                headers: [("host", "h"), ("cookie", "pronk_session=ann"), ("content-type", type)],
                body: Array(body.utf8), caller: nil, peer: "127.0.0.1", isSecure: false))
        guard case .bytes(let bytes) = response.body else { return [:] }
        #expect(response.status == status, "\(String(decoding: bytes, as: UTF8.self))")
        return try JSONSerialization.jsonObject(with: Data(bytes.isEmpty ? Array("{}".utf8) : bytes))
            as? [String: Any] ?? [:]
    }

    private struct Everyone: SessionDirectory {
        func session(holding token: String) async throws -> SignedIn? {
            SignedIn(id: "s", account: RouteTests.account)
        }
    }

    private struct Nothing: SiteHandler {
        func respond(to request: SiteRequest) async -> SiteResponse { SiteResponse(status: 404) }
    }
}
