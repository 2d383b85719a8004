import ChatServer
import Conversations
import Foundation
import Gateway
import Identity
import Logging
import Storage
import TestSupport

/// The site with all of its routes, over a database of its own, and three people who are signed in: an administrator,
/// Ann, who has a chat, and Bob.
struct WholeSite {
    enum Person: CaseIterable {
        case root, ann, bob
    }

    /// What Ann has: names of things, as they stand in routes' braces.
    typealias Belongings = [String: String]

    let routes: [Route]
    let accounts: AccountStore
    let chats: ChatStore
    private let site: ChatSite
    private let folder: TemporaryFolder
    private var cookies: [Person: String] = [:]
    private(set) var ids: [Person: String] = [:]

    init() async throws {
        folder = try TemporaryFolder()
        let database = try Storage.Database(
            path: folder.file("site.db"), modules: [AccountStore.schema, ChatStore.schema])
        let quick = PasswordHasher(cost: PasswordCost(logarithm: 4, blockSize: 8, parallelism: 1))
        accounts = AccountStore(database: database, hasher: quick)
        chats = ChatStore(database: database)
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        // Says one word and is done.
        let model = FakeModel { _ in [.text("Word."), .finished("stop")] }
        let models = FakeDirectory()
        let answers = AnswerModule(
            store: chats, client: model, directory: models, people: accounts, voiceModel: { "whisper" }, logger: silent)
        routes =
            SiteRoutes(
                accounts: accounts, chats: chats, answers: answers, models: models, version: "1", hasVoice: { true }
            ).all
        site = ChatSite(
            routes: routes, sessions: accounts, assets: AssetFolder(path: "/nonexistent"), platform: Nothing(),
            logger: silent)
        try await accounts.setSignUpMode(.open)
        let visitor = Visitor(agent: "test", address: "127.0.0.1")
        let token = try await accounts.makeSetupToken() ?? ""
        for person in Person.allCases {
            let session =
                person == .root
                ? try await accounts.setUp(token: token, name: "root", password: Self.password, from: visitor)
                : try await accounts.signUp(
                    name: "\(person)", password: Self.password, invitation: nil, from: visitor)
            cookies[person] = session.token
            ids[person] = session.signedIn.account.id
        }
    }

    static let password = "correct horse battery"

    /// Asks in the name of somebody, as a page of the site's own does.
    func ask(
        _ method: String, _ path: String, _ body: String? = nil, by person: Person?, type: String = "application/json",
        adding headers: [(String, String)] = [("origin", "http://chat.example")]
    ) async -> (status: Int, body: String) {
        var all: [(name: String, value: String)] = [("host", "chat.example")] + headers.map { ($0.0, $0.1) }
        if let cookie = person.flatMap({ cookies[$0] }) { all.append(("cookie", "pronk_session=\(cookie)")) }
        if body != nil { all.append(("content-type", type)) }
        let response = await site.respond(
            to: SiteRequest(
                id: "r", method: method, path: path, query: nil, headers: all, body: Array((body ?? "").utf8),
                caller: nil, peer: "127.0.0.1", isSecure: false))
        guard case .bytes(let bytes) = response.body else { return (response.status, "") }
        return (response.status, String(decoding: bytes, as: UTF8.self))
    }

    /// A new chat of Ann's with an answer that has ended, a share of it, an invitation, and another account to lose.
    func belongings() async throws -> Belongings {
        let owner = ids[.ann] ?? ""
        let time = ChatClock.milliseconds()
        let chat = Chat(id: RandomID.make(), owner: owner, title: "", created: time, updated: time, model: "m")
        let question = Message(
            id: RandomID.make(), chat: chat.id, parent: nil, role: .user, content: "secret", created: time)
        let answer = Message(
            id: RandomID.make(), chat: chat.id, parent: question.id, role: .assistant, content: "Whisper.",
            created: time, model: "m", state: .stopped)
        _ = try await chats.begin(chat: chat, question: question, answer: answer, owner: owner)
        let share = try await chats.share(chat.id, owner: owner, audience: .accounts)
        let (invitation, _) = try await accounts.invite(note: "")
        let other = try await accounts.signUp(
            name: RandomID.make(), password: Self.password, invitation: nil,
            from: Visitor(agent: "", address: RandomID.make()))
        return [
            "chat": chat.id, "message": answer.id, "question": question.id, "share": share?.id ?? "",
            "token": share?.token ?? "", "invitation": invitation.id, "account": other.signedIn.account.id,
            "model": "m",
        ]
    }

    private struct Nothing: SiteHandler {
        func respond(to request: SiteRequest) async -> SiteResponse { SiteResponse(status: 418) }
    }
}
