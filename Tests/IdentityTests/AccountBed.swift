import Foundation
import Identity
import Storage
import Synchronization
import TestSupport

/// A file of accounts with a clock that stands still and passwords that cost little, and a count of the hashes.
final class AccountBed: Sendable {
    static let cheap = PasswordCost(logarithm: 4, blockSize: 8, parallelism: 1)
    static let password = "correct horse"

    let folder: TemporaryFolder
    private let time = Mutex(1_800_000_000)
    private let hashed = Mutex(0)

    init() throws { folder = try TemporaryFolder() }

    var now: Int { time.withLock { $0 } }
    func advance(by seconds: Int) { time.withLock { $0 += seconds } }

    /// Hashes made since this was asked last.
    func takeHashes() -> Int {
        hashed.withLock { hashed in
            defer { hashed = 0 }
            return hashed
        }
    }

    func database() throws -> Storage.Database {
        try Storage.Database(path: folder.file("a.db"), modules: [AccountStore.schema])
    }

    /// With connections of its own: another process to all that SQLite can tell.
    func store(cost: PasswordCost = cheap, database: Storage.Database? = nil) throws -> AccountStore {
        let hasher = PasswordHasher(cost: cost) { [self] password, salt, cost in
            hashed.withLock { $0 += 1 }
            return try PasswordHasher.scrypt(password, salt: salt, cost: cost)
        }
        return AccountStore(database: try database ?? self.database(), hasher: hasher) { [self] in now }
    }

    /// The first administrator, signed in.
    func administrator(in store: AccountStore, name: String = "root") async throws -> NewSession {
        guard let token = try await store.makeSetupToken() else { throw IdentityError(.invalidLink, "no link") }
        return try await store.setUp(token: token, name: name, password: Self.password, from: .test)
    }

    /// A user by invitation, signed in.
    func user(_ name: String, in store: AccountStore, password: String = AccountBed.password) async throws -> NewSession
    {
        let token = try await store.invite(note: "").token
        return try await store.signUp(name: name, password: password, invitation: token, from: .test)
    }
}

extension Visitor {
    static let test = Visitor(agent: "Firefox", address: "192.0.2.1")
}

/// The code of the refusal; nil: there was none.
func refusal(_ body: () async throws -> Void) async -> IdentityError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? IdentityError)?.code
    }
}
