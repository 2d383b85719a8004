import ChatServer
import Conversations
import Foundation
import Gateway
import Identity
import Logging
import Storage
import Synchronization
import TestSupport

/// The site with the routes of chats and shares over a database of its own, asked by ann, bob or nobody.
final class ChatRoutesFixture: Sendable {
    let store: ChatStore
    let routes: [Route]
    let watcher = RecordingWatcher()
    private let folder: TemporaryFolder
    private let site: ChatSite

    init() throws {
        folder = try TemporaryFolder()
        let database = try Database(path: folder.file("a.db"), modules: [ChatStore.schema])
        store = ChatStore(database: database)
        routes =
            ChatRoutes(store: store, watcher: watcher).routes
            + ArchiveRoutes(store: store, watcher: watcher).routes
            + ShareRoutes(store: store) { $0 == "llama" ? "Built with Meta Llama 3" : nil }.routes
        site = ChatSite(
            routes: routes, sessions: NamedSessions(), assets: AssetFolder(path: "/nonexistent"),
            platform: NoPlatform(), logger: Logger(label: "test"))
    }

    /// - Parameter name: Who asks; nil: nobody who is signed in.
    func ask(_ method: String, _ path: String, as name: String? = "ann", _ body: String? = nil) async -> Answer {
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        let response = await site.respond(
            to: SiteRequest(
                id: "r", method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
                headers: [("host", "chat.example"), ("content-type", "application/json")]
                    + (name.map { [("cookie", "pronk_session=\($0)")] } ?? []),
                body: Array((body ?? "").utf8), caller: nil, peer: "127.0.0.1", isSecure: false))
        var bytes: [UInt8] = []
        switch response.body {
        case .bytes(let all): bytes = all
        case .stream(let stream): for await piece in stream { bytes += piece }
        }
        return Answer(
            status: response.status, headers: response.headers.map { "\($0.name): \($0.value)" },
            text: String(decoding: bytes, as: UTF8.self))
    }

    struct Answer {
        var status: Int
        var headers: [String]
        var text: String

        /// As Foundation reads JSON.
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
        }
        func objects(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }
        func text(_ name: String) -> String? { json[name] as? String }
    }

    @discardableResult
    func begin(_ content: String, reply: String, owner: String = "ann") async throws -> ChatStore.Beginning {
        let now = ChatClock.milliseconds()
        let chat = Chat(id: RandomID.make(), owner: owner, title: "", created: now, updated: now, model: "llama")
        let question = Message(
            id: RandomID.make(), chat: chat.id, parent: nil, role: .user, content: content, created: now)
        let answer = Message(
            id: RandomID.make(), chat: chat.id, parent: question.id, role: .assistant, content: reply, created: now,
            model: "llama", state: .waiting)
        guard var begun = try await store.begin(chat: chat, question: question, answer: answer, owner: owner) else {
            throw CancellationError()
        }
        begun.answer.state = .done
        try await store.save([begun.answer])
        return begun
    }

    private struct NamedSessions: SessionDirectory {
        func session(holding token: String) async throws -> SignedIn? {
            SignedIn(
                id: token, account: Account(id: token, name: token, displayName: token, role: .user, created: 0))
        }
    }

    private struct NoPlatform: SiteHandler {
        func respond(to request: SiteRequest) async -> SiteResponse { SiteResponse(status: 299) }
    }
}

/// Remembers what it was told, in order.
final class RecordingWatcher: ChatWatcher {
    private let heard = Mutex<[String]>([])

    var events: [String] { heard.withLock { $0 } }
    func changed(_ chat: Chat) { heard.withLock { $0.append("changed \(chat.id)") } }
    func removed(_ chat: String, owner: String) { heard.withLock { $0.append("removed \(chat) of \(owner)") } }
}
