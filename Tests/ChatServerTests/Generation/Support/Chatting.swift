import ChatServer
import Conversations
import Foundation
import Identity
import Logging
import Storage
import TestSupport

/// A hub over a database of its own, with one person who asks.
struct Chatting {
    static let person = Person(
        Account(
            id: "ann", name: "ann", displayName: "Ann", role: .user, created: 0,
            preferences: #"{"modelTitles":false}"#))

    let folder: TemporaryFolder
    let database: Storage.Database
    let store: ChatStore
    let model: FakeModel
    let directory: FakeDirectory
    let hub: GenerationHub

    init(model: FakeModel = FakeModel(), directory: FakeDirectory = FakeDirectory()) throws {
        let folder = try TemporaryFolder()
        let database = try Storage.Database(path: folder.file("chats.db"), modules: [ChatStore.schema])
        self.init(folder: folder, database: database, model: model, directory: directory)
    }

    private init(folder: TemporaryFolder, database: Storage.Database, model: FakeModel, directory: FakeDirectory) {
        self.folder = folder
        self.database = database
        self.model = model
        self.directory = directory
        store = ChatStore(database: database)
        hub = GenerationHub(
            store: store, client: model, directory: directory, people: OnePerson(person: Self.person),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The program once more over the same database, as after a kill: nothing but what is stored is known.
    func restarted(model: FakeModel = FakeModel()) -> Chatting {
        Chatting(folder: folder, database: database, model: model, directory: directory)
    }

    func newChat(settings: ChatSettings = ChatSettings()) -> Chat {
        Chat(
            id: RandomID.make(), owner: Self.person.account, title: "", created: ChatClock.milliseconds(),
            updated: ChatClock.milliseconds(), model: "m", settings: settings)
    }

    func ask(
        _ content: String, id: String? = nil, after parent: Message? = nil, in chat: Chat? = nil,
        settings: ChatSettings = ChatSettings(), by person: Person = Chatting.person
    ) async throws -> ChatStore.Beginning {
        try await hub.ask(
            content, id: id, parent: parent?.id, model: nil, in: chat ?? newChat(settings: settings),
            isNewChat: chat == nil, by: person)
    }

    func watch() async throws -> Page { try await Page(hub.watch(account: Self.person.account, session: "s")) }

    func stored(_ message: Message) async throws -> Message? {
        try await store.message(message.id, owner: Self.person.account)?.message
    }

    private struct OnePerson: PersonDirectory {
        let person: Person
        func person(_ account: String) async throws -> Person? { account == person.account ? person : nil }
    }
}
