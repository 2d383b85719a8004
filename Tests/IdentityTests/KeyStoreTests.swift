import Foundation
import GRDB
import Identity
import Storage
import Synchronization
import TestSupport
import Testing

@Suite("API keys")
struct KeyStoreTests {
    private let folder: TemporaryFolder
    private let clock = TestClock()

    init() throws { folder = try TemporaryFolder() }

    final class TestClock: Sendable {
        private let value = Mutex(1_800_000_000)
        var now: Int { value.withLock { $0 } }
        func advance(by seconds: Int) { value.withLock { $0 += seconds } }
    }

    /// Its own connection: another process to all that SQLite can tell.
    private func store() throws -> KeyStore {
        let database = try Storage.Database(path: folder.file("a.db"), modules: [KeyStore.schema])
        return try KeyStore(database: database) { [clock] in clock.now }
    }

    private func code(_ body: () throws -> Void) -> IdentityError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? IdentityError)?.code
        }
    }

    @Test("a key names its holder, and nothing else does")
    func namesHolder() throws {
        let store = try store()
        let (key, token) = try store.create(name: "site", scopes: [.chat, .wake], requestsPerMinute: 60)
        #expect(token.wholeMatch(of: /pk-[A-Za-z0-9_-]{43}/) != nil)
        #expect(key.id.wholeMatch(of: /key_[A-Za-z0-9]{12}/) != nil)
        let expected = Caller(id: key.id, name: "site", scopes: [.chat, .wake], requestsPerMinute: 60)
        #expect(store.caller(holding: token) == expected)
        for other in ["", "pk-", String(token.dropLast()), token + "a", key.id, String(repeating: "a", count: 1 << 20)]
        {
            #expect(store.caller(holding: other) == nil)
        }
        #expect(try self.store().caller(holding: token) == expected)
    }

    @Test("neither the key nor a part of it is in the file")
    func isNotStored() throws {
        let token: String
        do { token = try store().create(name: "a", scopes: [.chat]).token }
        let secret = Data(token.dropFirst(3).prefix(12).utf8)
        for name in try folder.names() {
            let bytes = try Data(contentsOf: URL(filePath: folder.file(name)))
            #expect(bytes.range(of: secret) == nil, "\(name)")
        }
    }

    @Test("another process's new and revoked keys are seen at the next refresh")
    func seesOthers() throws {
        let server = try store()
        let command = try store()
        let (key, token) = try command.create(name: "a", scopes: [.admin])
        #expect(server.caller(holding: token) == nil)
        try server.refresh()
        #expect(server.caller(holding: token)?.id == key.id)
        #expect(try command.revoke("a").id == key.id)
        try server.refresh()
        #expect(server.caller(holding: token) == nil)
        #expect(command.caller(holding: token) == nil)
    }

    @Test("a running store sees others' changes by itself", .timeLimit(.minutes(1)))
    func runs() async throws {
        let server = try store()
        let task = Task { await server.run { _ in Issue.record("a refresh failed") } }
        let (_, token) = try store().create(name: "a", scopes: [.chat])
        while server.caller(holding: token) == nil { await Task.yield() }
        _ = try store().revoke("a")
        while server.caller(holding: token) != nil { await Task.yield() }
        task.cancel()
        await task.value
    }

    @Test("a key ends at its time, to the second")
    func expires() throws {
        let store = try store()
        let (_, token) = try store.create(name: "a", scopes: [.chat], expires: clock.now + 10)
        clock.advance(by: 9)
        #expect(store.caller(holding: token) != nil)
        clock.advance(by: 1)
        #expect(store.caller(holding: token) == nil)
        #expect(try store.list().first?.state(at: clock.now) == .expired)
    }

    @Test("uses are known to the minute, survive a refresh, and make nobody read the keys again")
    func lastUse() async throws {
        let store = try store()
        let (_, token) = try store.create(name: "a", scopes: [.chat])
        #expect(try store.list().map(\.lastUsed) == [nil])
        clock.advance(by: 90)
        for _ in 0..<3 { _ = store.caller(holding: token) }
        try await store.recordUses()
        let minute = clock.now - clock.now % 60
        #expect(try store.list().map(\.lastUsed) == [minute])
        let revision = try revision()
        clock.advance(by: 60)
        _ = store.caller(holding: token)
        _ = try self.store().create(name: "b", scopes: [.chat])
        try store.refresh()
        try await store.recordUses()
        #expect(try store.list().map(\.lastUsed) == [minute + 60, nil])
        #expect(try self.revision() == revision + 1)
    }

    private func revision() throws -> Int {
        try Storage.Database(path: folder.file("a.db"), modules: []).read {
            try #require(try Int.fetchOne($0, sql: "SELECT number FROM api_key_revision"))
        }
    }

    @Test("a name is free again after its key was revoked; the id tells the two apart")
    func names() throws {
        let store = try store()
        let first = try store.create(name: "a", scopes: [.chat]).key
        #expect(code { _ = try store.create(name: "a", scopes: [.chat]) } == .nameTaken)
        _ = try store.revoke(first.id)
        let second = try store.create(name: "a", scopes: [.chat]).key
        #expect(code { _ = try store.revoke(first.id) } == .alreadyRevoked)
        #expect(try store.revoke("a").id == second.id)
        #expect(code { _ = try store.revoke("a") } == .alreadyRevoked)
        #expect(code { _ = try store.revoke("b") } == .unknownKey)
        #expect(try store.list().map { $0.state(at: clock.now) } == [.revoked, .revoked])
    }

    @Test("refuses keys that make no sense, each with its reason")
    func refuses() throws {
        let store = try store()
        #expect(code { _ = try store.create(name: "", scopes: [.chat]) } == .invalidName)
        #expect(code { _ = try store.create(name: "a\nb", scopes: [.chat]) } == .invalidName)
        #expect(code { _ = try store.create(name: "key_a", scopes: [.chat]) } == .invalidName)
        #expect(code { _ = try store.create(name: String(repeating: "é", count: 33), scopes: [.chat]) } == .invalidName)
        #expect(code { _ = try store.create(name: "a", scopes: []) } == .noScope)
        #expect(code { _ = try store.create(name: "a", scopes: [.chat], requestsPerMinute: 0) } == .invalidLimit)
        #expect(code { _ = try store.create(name: "a", scopes: [.chat], expires: clock.now) } == .invalidExpiry)
        #expect(try store.list() == [])
    }
}
