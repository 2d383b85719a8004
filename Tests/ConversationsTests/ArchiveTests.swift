import Conversations
import Foundation
import TestSupport
import Testing

@Suite("Files of chats")
struct ArchiveTests {
    private let fixture: ChatFixture
    private var store: ChatStore { fixture.store }

    init() throws { fixture = try ChatFixture() }

    @Test("what was exported and taken in is equal but for ids", arguments: 1...15)
    func roundTrip(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var written: [(chat: Chat, messages: [Message])] = []
        for _ in 0..<5 { written.append(Self.randomChat(&random)) }
        let bytes = ChatArchive(written).encoded()
        _ = try await store.take(ChatArchive(reading: bytes), owner: "bob")
        var read: [(chat: Chat, messages: [Message])] = []
        for id in try await store.chatIDs(owner: "bob") {
            read.append(try #require(try await store.tree(id, owner: "bob")))
        }
        #expect(read.count == written.count)
        for (one, other) in zip(written, read) {
            #expect(one.chat.id != other.chat.id)
            #expect(Set(one.messages.map(\.id)).isDisjoint(with: other.messages.map(\.id)))
            let (one, other) = (Self.numbered(one), Self.numbered(other))
            #expect(one.chat == other.chat, "seed \(seed)")
            #expect(one.messages.count == other.messages.count, "seed \(seed)")
            for (one, other) in zip(one.messages, other.messages) { #expect(one == other, "seed \(seed)") }
        }
        // And once more: the file of what was taken in says the same again.
        #expect(ChatArchive(read.map(Self.numbered)) == ChatArchive(written.map(Self.numbered)), "seed \(seed)")
    }

    /// With its place in the file for each id.
    private static func numbered(_ tree: (chat: Chat, messages: [Message])) -> (chat: Chat, messages: [Message]) {
        var (chat, messages) = tree
        let places = Dictionary(messages.enumerated().map { ($1.id, "\($0)") }) { first, _ in first }
        for index in messages.indices {
            messages[index].id = places[messages[index].id] ?? "?"
            messages[index].chat = "chat"
            messages[index].parent = messages[index].parent.map { places[$0] ?? "?" }
            messages[index].contextStart = messages[index].contextStart.map { places[$0] ?? "?" }
        }
        chat.leaf = chat.leaf.map { places[$0] ?? "?" }
        chat.id = "chat"
        chat.owner = "owner"
        return (chat, messages)
    }

    private static func randomChat(_ random: inout SeededGenerator) -> (chat: Chat, messages: [Message]) {
        let letters = Array("ab 模型\n\"\\é🎉<think>`*{}[]\u{1}\u{7f}\u{2028}")
        func text(_ random: inout SeededGenerator) -> String {
            String(
                (0..<Int.random(in: 0...40, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
        var chat = Chat(
            id: RandomID.make(), owner: "ann", title: "Title \(Int.random(in: 0...99, using: &random))",
            titleOrigin: [.firstLine, .model, .person].randomElement(using: &random) ?? .person,
            isPinned: Bool.random(using: &random), created: Int.random(in: 0...1_000_000, using: &random),
            updated: Int.random(in: 0...1_000_000, using: &random), model: "llama")
        if Bool.random(using: &random) {
            chat.settings.temperature = Double.random(in: 0...2, using: &random)
            chat.settings.systemPrompt = text(&random)
            chat.settings.stop = ["a", "\n"]
            chat.settings.seed = Int.random(in: .min ... .max, using: &random)
        }
        var messages: [Message] = []
        for number in 0..<Int.random(in: 0...30, using: &random) {
            let parent = number == 0 || number % 7 == 0 ? nil : messages.randomElement(using: &random)
            let role = parent?.role == .user ? Message.Role.assistant : .user
            var message = Message(
                id: RandomID.make(), chat: chat.id, parent: parent?.id, role: role, content: text(&random),
                created: number)
            if role == .assistant {
                message.model = "llama"
                message.state = [.done, .stopped, .failed].randomElement(using: &random) ?? .done
                if message.state == .failed { message.error = .init(code: "lost", message: text(&random)) }
                message.finishReason = Bool.random(using: &random) ? "stop" : nil
                message.usage = .init(prompt: number, cached: 0, completion: 7)
                message.timing = .init(firstToken: Bool.random(using: &random) ? 5 : nil, total: number)
                message.seed = Int.random(in: .min ... .max, using: &random)
                message.contextStart = Bool.random(using: &random) ? messages.first?.id : nil
            }
            messages.append(message)
        }
        chat.leaf = messages.randomElement(using: &random)?.id
        return (chat, messages)
    }

    @Test("an answer that is being written is exported as one that was stopped")
    func openAnswer() async throws {
        let begun = try await fixture.ask("Hello")
        let tree = try #require(try await store.tree(begun.chat.id, owner: "ann"))
        let taken = try await store.take(
            ChatArchive(reading: ChatArchive([tree]).encoded()), owner: "ann")
        let chat = try #require(taken.first)
        #expect(try await store.messages(of: chat).map(\.state) == [.done, .stopped])
        #expect(try await fixture.found("hello").count == 2)
    }

    /// A chat of a question and an answer with one thing changed, and the place that the error names.
    static let mistakes: [(change: String, to: String, place: String)] = [
        (#""pronk.chats""#, #""other""#, "format"), (#""version":1"#, #""version":2"#, "version"),
        (#""title":"T""#, #""title":"""#, "chats[1].title"), (#""title":"T","#, "", "chats[1].title"),
        (#""created":5"#, #""created":-1"#, "chats[1].created"),
        (#""created":5"#, #""created":1e300"#, ""),
        (#""model":"m""#, #""model":"""#, "chats[1].model"), (#""leaf":"b""#, #""leaf":"x""#, "chats[1].leaf"),
        (#""settings":{}"#, #""settings":{"topP":2}"#, "chats[1].settings.topP"),
        (#""settings":{}"#, #""settings":{"topP":"a"}"#, "chats[1].settings.topP"),
        (#""role":"assistant""#, #""role":"system""#, "chats[1].messages[1].role"),
        (#""role":"assistant""#, #""role":"user""#, "chats[1].messages[1].role"),
        (#""role":"user""#, #""role":"assistant""#, "chats[1].messages[0].role"),
        (#""parent":"a""#, #""parent":"x""#, "chats[1].messages[1].parent"),
        (#""id":"b""#, #""id":"a""#, "chats[1].messages[1].id"),
        (#""role":"user""#, #""parent":"b","role":"user""#, "chats[1].messages"),
        (#""state":"failed""#, #""state":"running""#, "chats[1].messages[1].state"),
        (#""state":"failed""#, #""state":7"#, "chats[1].messages[1].state"),
        (#""content":"?""#, #""content":null"#, "chats[1].messages[0].content"),
        (#""total":1"#, #""total":-1"#, "chats[1].messages[1]"), ("]}", "]", ""),
    ]

    @Test("a mistake is named with its place, and nothing is taken in", arguments: mistakes)
    func mistake(change: String, to: String, place: String) async throws {
        func chat(_ title: String) -> String {
            """
            {"title":"\(title)","created":5,"updated":6,"model":"m","settings":{},"leaf":"b","messages":[\
            {"id":"a","role":"user","content":"?","created":7},\
            {"id":"b","parent":"a","role":"assistant","content":"!","created":8,"state":"failed","timing":{"total":1}}]}
            """
        }
        let second = chat("T")
        let right = #"{"format":"pronk.chats","version":1,"chats":["# + chat("S") + "," + second + "]}"
        let archive = try ChatArchive(reading: Array(right.utf8))
        #expect(try archive.chats(for: "ann").count == 2)
        let range = try #require(right.ranges(of: change).last)
        let wrong = right.replacingCharacters(in: range, with: to)
        let error = await #expect(throws: ConversationsError.self) {
            try await store.take(ChatArchive(reading: Array(wrong.utf8)), owner: "ann")
        }
        #expect(error?.code == .invalidArchive)
        #expect(error?.field == place)
        #expect(place.isEmpty || error?.message.contains(place) == true)
        #expect(try fixture.count("chat") == 0)
    }

    @Test("bytes that are no JSON are refused", arguments: ["", "{", "null", "[]", "\u{0}", "{\"format\":1}"])
    func noJSON(text: String) {
        #expect(throws: ConversationsError.self) { try ChatArchive(reading: Array(text.utf8)) }
    }

    @Test("a file with more pinned chats than there may be leaves nothing behind")
    func allOrNothing() async throws {
        let chats = (0...Limits.pinnedChats).map { number in
            (
                chat: Chat(
                    id: "\(number)", owner: "ann", title: "T", isPinned: true, created: 0, updated: 0, model: "m"),
                messages: [Message]()
            )
        }
        await #expect(throws: ConversationsError.self) { try await store.take(ChatArchive(chats), owner: "ann") }
        #expect(try fixture.count("chat") == 0)
        #expect(try fixture.count("search_token") == 0)
    }
}
