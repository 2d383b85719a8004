import Conversations
import GRDB
import Testing

@Suite("Shares")
struct SharingTests {
    private let fixture: ChatFixture
    private var store: ChatStore { fixture.store }

    init() throws { fixture = try ChatFixture() }

    @Test("show the open branch as it was, without thoughts, system prompt or what came later")
    func snapshot() async throws {
        let begun = try await fixture.ask("First", reply: "<think>hm</think>Yes")
        var settings = ChatSettings()
        settings.systemPrompt = "You are a pirate."
        _ = try await store.update(begun.chat.id, owner: "ann", ChatChange(settings: settings))
        let question = try #require(begun.question)
        let sibling = try #require(
            try await store.begin(question: nil, answer: fixture.answer(to: question), owner: "ann"))
        _ = try await fixture.finish(sibling.answer, "Another branch")
        _ = try await store.update(begun.chat.id, owner: "ann", ChatChange(leaf: begun.answer.id))
        let share = try #require(try await store.share(begun.chat.id, owner: "ann", audience: .accounts))
        try await fixture.ask("Later", after: begun.answer, reply: "Hidden")
        _ = try await store.update(begun.chat.id, owner: "ann", ChatChange(title: "New title"))
        let shown = try #require(try await store.shared(share.token))
        #expect(shown.share == share)
        #expect(shown.branch.title == "First")
        #expect(shown.branch.messages.map(\.content) == ["First", "Yes"])
        #expect(shown.branch.messages.map(\.role) == ["user", "assistant"])
        #expect(share.messages == 2)
        let stored = try await fixture.database.read {
            try String.fetchOne($0, sql: "SELECT snapshot FROM share") ?? ""
        }
        #expect(!stored.contains("pirate") && !stored.contains("hm"))
    }

    @Test("have links that cannot be guessed, not even from one that is nearly right")
    func tokens() async throws {
        let chat = try await fixture.ask("First", reply: "Yes").chat
        let share = try #require(try await store.share(chat.id, owner: "ann", audience: .anyone))
        #expect(share.token.count == 43)
        for token in ["", String(share.token.dropLast()), share.token + "A", String(share.token.prefix(16)), "%"] {
            #expect(try await store.shared(token) == nil, "\(token)")
        }
        let wrong = share.token.dropLast() + (share.token.hasSuffix("A") ? "B" : "A")
        #expect(try await store.shared(String(wrong)) == nil)
    }

    @Test("end when they expire, are revoked, or their chat is deleted; and are there again when it is")
    func ends() async throws {
        let chat = try await fixture.ask("First", reply: "Yes").chat
        let lasting = try #require(try await store.share(chat.id, owner: "ann", audience: .anyone))
        let brief = try #require(
            try await store.share(chat.id, owner: "ann", audience: .anyone, expires: fixture.now + 10))
        #expect(try await store.shares(of: chat.id, owner: "ann") == [brief, lasting])
        fixture.pass(10)
        #expect(try await store.shared(brief.token) == nil)
        #expect(try await store.shares(of: chat.id, owner: "ann") == [lasting])
        #expect(try await store.delete(chat.id, owner: "ann"))
        #expect(try await store.shared(lasting.token) == nil)
        _ = try await store.restore(chat.id, owner: "ann")
        #expect(try await store.shared(lasting.token) != nil)
        #expect(try await store.revoke(share: lasting.id, owner: "ann"))
        #expect(try await store.shared(lasting.token) == nil)
        #expect(try await !store.revoke(share: lasting.id, owner: "ann"))
        await #expect(throws: ConversationsError.self) {
            try await store.share(chat.id, owner: "ann", audience: .anyone, expires: fixture.now)
        }
        #expect(try await store.delete(chat.id, owner: "ann"))
        fixture.pass(1)
        try await store.purge(deletedBefore: fixture.now)
        #expect(try fixture.count("share") == 0)
    }

    @Test("are bounded in number, and those that have ended do not count")
    func bounded() async throws {
        let chat = try await fixture.ask("First", reply: "Yes").chat.id
        for _ in 0..<Limits.shares {
            _ = try await store.share(chat, owner: "ann", audience: .anyone, expires: fixture.now + 10)
        }
        await #expect(throws: ConversationsError.self) {
            try await store.share(chat, owner: "ann", audience: .anyone)
        }
        fixture.pass(10)
        #expect(try await store.share(chat, owner: "ann", audience: .anyone) != nil)
    }
}
