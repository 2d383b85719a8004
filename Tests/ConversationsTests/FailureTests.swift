import Conversations
import GRDB
import Storage
import TestSupport
import Testing

@Suite("Conversations when something fails")
struct FailureTests {
    @Test("a full disk leaves everything whole, and the same question goes through when there is room again")
    func diskFull() async throws {
        let fixture = try ChatFixture()
        let begun = try await fixture.ask("Hello", reply: "Hi!")
        let pages = try await fixture.database.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await fixture.database.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 2)") }
        let text = (0..<20_000).map { "word\($0)" }.joined(separator: " ")
        let chat = fixture.newChat()
        let question = fixture.question(text, in: chat.id)
        let answer = fixture.answer(to: question)
        let failure = await #expect(throws: StorageError.self) {
            try await fixture.store.begin(chat: chat, question: question, answer: answer, owner: "ann")
        }
        #expect(failure?.code == .diskFull)
        var grown = begun.answer
        grown.content = text
        await #expect(throws: StorageError.self) { try await fixture.store.save([grown]) }
        #expect(try await fixture.store.message(grown.id, owner: "ann")?.message.content == "Hi!")
        #expect(try await fixture.found("Hi").count == 1)
        for (table, rows) in [("chat", 1), ("message", 2), ("search_entry", 3), ("search_token", 3)] {
            #expect(try fixture.count(table) == rows, "\(table)")
        }
        try await fixture.database.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        let again = try await fixture.store.begin(chat: chat, question: question, answer: answer, owner: "ann")
        #expect(again?.isNew == true)
        try await fixture.store.save([grown])
        #expect(try await fixture.found("word19999").count == 2)
        try await fixture.database.write { connection in
            try connection.execute(sql: "INSERT INTO search_token (search_token) VALUES ('integrity-check')")
            #expect(try String.fetchOne(connection, sql: "PRAGMA integrity_check") == "ok")
        }
    }

    @Test("a disk that fills up while a file is taken in leaves nothing of it, not even where it shows nothing")
    func diskFullImport() async throws {
        let fixture = try ChatFixture()
        try await fixture.ask("Hello", reply: "Hi!")
        let text = (0..<10_000).map { "word\($0)" }.joined(separator: " ")
        let trees = (0..<6).map { number in
            let chat = fixture.newChat()
            var named = chat
            named.title = "Chat \(number)"
            return (chat: named, messages: [fixture.question(text, in: chat.id)])
        }
        let pages = try await fixture.database.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await fixture.database.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 150)") }
        await #expect(throws: StorageError.self) {
            try await fixture.store.take(ChatArchive(trees), owner: "ann")
        }
        #expect(try await fixture.store.chats(owner: "ann").chats.count == 1)
        #expect(try await fixture.found("word1").isEmpty)
        try await fixture.database.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        fixture.pass(1)
        // On a full disk even removing may fail; then purging does it.
        try await fixture.store.purge(deletedBefore: fixture.now)
        for (table, rows) in [("chat", 1), ("message", 2), ("search_token", 3)] {
            #expect(try fixture.count(table) == rows, "\(table)")
        }
        #expect(try await fixture.store.take(ChatArchive(trees), owner: "ann").count == 6)
        #expect(try await fixture.found("word1").count == 6)
    }

    @Test("chats of the first schema are there in this one")
    func firstSchema() async throws {
        let folder = try TemporaryFolder()
        let first = SchemaModule(name: "conversations", steps: [{ try $0.execute(sql: FirstSchema.sql) }])
        do {
            let database = try Storage.Database(path: folder.file("a.db"), modules: [first])
            try await database.write { try $0.execute(sql: FirstSchema.rows) }
        }
        let database = try Storage.Database(path: folder.file("a.db"), modules: [ChatStore.schema])
        let store = ChatStore(database: database) { 2_000 }
        let (chat, messages) = try #require(try await store.tree("c1", owner: "ann"))
        #expect(chat.title == "Hello" && chat.settings.temperature == 0.5 && chat.leaf == "m2")
        #expect(messages.map(\.content) == ["Hello", "你好"])
        #expect(messages.last?.usage == .init(prompt: 1, cached: 0, completion: 2))
        #expect(try await store.search(SearchQuery("你好"), owner: "ann", limit: 5).map(\.message) == ["m2"])
        #expect(try await store.shared("abcdefghijklmnopq")?.branch.title == "Hello")
        // What shipped is never changed: later steps come after it.
        let now = try Storage.Database(
            path: folder.file("b.db"),
            modules: [SchemaModule(name: "conversations", steps: Array(ChatStore.schema.steps.prefix(1)))])
        let then = try Storage.Database(path: folder.file("c.db"), modules: [first])
        #expect(try Self.tables(of: now) == Self.tables(of: then))
    }

    private static func tables(of database: Storage.Database) throws -> [String] {
        try database.read {
            try String.fetchAll(
                $0, sql: "SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name")
        }.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    }
}
