import Conversations
import GRDB
import Storage
import Synchronization
import TestSupport

/// A store in a folder of its own, with a clock that stands still until it is set.
final class ChatFixture: Sendable {
    let folder: TemporaryFolder
    let database: Storage.Database
    let store: ChatStore
    private let time: TestTime

    init() throws {
        folder = try TemporaryFolder()
        let time = TestTime()
        self.time = time
        database = try Storage.Database(path: folder.file("a.db"), modules: [ChatStore.schema])
        store = ChatStore(database: database) { time.now.withLock { $0 } }
    }

    var now: Int { time.now.withLock { $0 } }

    func pass(_ milliseconds: Int) { time.now.withLock { $0 += milliseconds } }

    func newChat(_ id: String = RandomID.make(), owner: String = "ann", model: String = "llama") -> Chat {
        Chat(id: id, owner: owner, title: "", created: now, updated: now, model: model)
    }

    func question(
        _ content: String, in chat: String, under parent: String? = nil, id: String = RandomID.make()
    ) -> Message {
        Message(id: id, chat: chat, parent: parent, role: .user, content: content, created: now)
    }

    func answer(to question: Message, _ content: String = "", state: Message.State = .waiting) -> Message {
        Message(
            id: RandomID.make(), chat: question.chat, parent: question.id, role: .assistant, content: content,
            created: now, model: "llama", state: state)
    }

    /// A new chat with a question and, when `reply` is given, its finished answer.
    @discardableResult
    func ask(_ content: String, owner: String = "ann", reply: String? = nil) async throws -> ChatStore.Beginning {
        let chat = newChat(owner: owner)
        let question = question(content, in: chat.id)
        let begun = try await store.begin(
            chat: chat, question: question, answer: answer(to: question), owner: owner)
        guard var begun else { throw FixtureError() }
        if let reply { begun.answer = try await finish(begun.answer, reply) }
        return begun
    }

    /// A further question in a chat.
    @discardableResult
    func ask(_ content: String, after: Message, owner: String = "ann", reply: String) async throws -> Message {
        let question = question(content, in: after.chat, under: after.id)
        let begun = try await store.begin(question: question, answer: answer(to: question), owner: owner)
        guard let begun else { throw FixtureError() }
        return try await finish(begun.answer, reply)
    }

    func finish(_ answer: Message, _ content: String) async throws -> Message {
        var answer = answer
        answer.content = content
        answer.state = .done
        try await store.save([answer])
        return answer
    }

    func found(_ text: String, owner: String = "ann") async throws -> [SearchResult] {
        try await store.search(SearchQuery(text), owner: owner, limit: 50)
    }

    func count(_ table: String) throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }
}

private final class TestTime: Sendable {
    let now = Mutex(1_700_000_000_000)
}

struct FixtureError: Error {}
