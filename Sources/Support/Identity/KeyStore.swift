internal import GRDB
package import Storage
internal import Synchronization

/// The API keys of this installation: durable in the database, and in memory for those who ask at every request.
///
/// Several processes may hold one: each looks for the others' changes when `refresh` is called, which `run` does often
/// enough that a revoked key is refused within a second.
package final class KeyStore: CallerDirectory {
    /// The tables that the database must be opened with.
    package static let schema = IdentitySchema.module

    private struct State {
        var revision = -1
        var holders: [TokenDigest: APIKey] = [:]
        /// Uses that are not written yet: key id → minute, in seconds since 1970.
        var uses: [String: Int] = [:]
    }

    private let database: Storage.Database
    private let now: @Sendable () -> Int
    private let state = Mutex(State())

    /// `now` gives seconds since 1970. Reads all keys.
    package init(database: Storage.Database, now: @escaping @Sendable () -> Int = WallClock.seconds) throws {
        self.database = database
        self.now = now
        try refresh()
    }

    /// In memory: a hash, a lookup, a short lock.
    package func caller(holding token: String) -> Caller? {
        guard token.utf8.count <= Limits.tokenBytes else { return nil }
        let digest = TokenDigest(of: token)
        let now = now()
        return state.withLock { state -> Caller? in
            guard let key = state.holders[digest], key.state(at: now) == .active else { return nil }
            let minute = now - now % Limits.lastUseSeconds
            if (key.lastUsed ?? 0) < minute {
                state.holders[digest]?.lastUsed = minute
                state.uses[key.id] = minute
            }
            return Caller(
                id: key.id, name: key.name, scopes: key.scopes, requestsPerMinute: key.requestsPerMinute)
        }
    }

    /// Every key there ever was, the oldest first.
    package func list() throws -> [APIKey] {
        try database.read { try KeyTable.all(in: $0).map(\.key) }
    }

    /// Makes a key. `token` is nowhere else: whoever loses it needs another.
    package func create(
        name: String, scopes: Set<Scope>, requestsPerMinute: Int? = nil, expires: Int? = nil
    ) throws -> (key: APIKey, token: String) {
        let token = "pk-" + Token.random()
        let key = APIKey(
            id: Token.randomID(prefix: "key_"), name: name, scopes: scopes, requestsPerMinute: requestsPerMinute,
            created: now(),
            expires: expires)
        try key.validate()
        try database.write { connection in
            let present = try KeyTable.all(in: connection).map(\.key).filter { $0.revoked == nil }
            guard present.count < Limits.keys else {
                throw IdentityError(
                    .tooManyKeys, "There are \(Limits.keys) keys, the most there can be. Revoke some that nobody uses.")
            }
            guard !present.contains(where: { $0.name == name }) else {
                throw IdentityError(
                    .nameTaken, "There is a key '\(name)'. Take another name, or revoke it: pronk key revoke \(name)")
            }
            try KeyTable.insert(key, digest: TokenDigest(of: token), in: connection)
        }
        try refresh()
        return (key, token)
    }

    /// Ends a key, named by its id or its name.
    package func revoke(_ idOrName: String) throws -> APIKey {
        let now = now()
        let revoked = try database.write { connection in
            var key = try Self.find(idOrName, among: KeyTable.all(in: connection).map(\.key))
            try KeyTable.revoke(id: key.id, at: now, in: connection)
            key.revoked = now
            return key
        }
        try refresh()
        return revoked
    }

    private static func find(_ idOrName: String, among keys: [APIKey]) throws -> APIKey {
        let matches = keys.filter { $0.id == idOrName || $0.name == idOrName }
        if let key = matches.first(where: { $0.revoked == nil }) { return key }
        guard matches.isEmpty else {
            throw IdentityError(.alreadyRevoked, "The key '\(idOrName)' was revoked before. Nothing is changed.")
        }
        throw IdentityError(
            .unknownKey, "There is no key with the id or name '\(idOrName)'. `pronk key list` shows them.")
    }
}

extension KeyStore {
    /// Reads the keys again if somebody changed them. One short read that waits for nobody.
    package func refresh() throws {
        let known = state.withLock(\.revision)
        if let snapshot = try database.read({ try KeyTable.changes(since: known, in: $0) }) { replace(by: snapshot) }
    }

    private func replace(by snapshot: KeyTable.Snapshot) {
        let valid = snapshot.keys.filter { $0.key.revoked == nil }
        var holders = Dictionary(valid.map { ($0.digest, $0.key) }) { first, _ in first }
        state.withLock { state in
            // Two may refresh at a time: the later state stays.
            guard snapshot.revision > state.revision else { return }
            for digest in holders.keys {
                guard let id = holders[digest]?.id, let use = state.uses[id] else { continue }
                holders[digest]?.lastUsed = use
            }
            state.revision = snapshot.revision
            state.holders = holders
        }
    }

    /// Keeps memory and database in step until the task is cancelled, without blocking its thread. `failed` hears the
    /// first error of each row of errors; the keys known so far stay valid meanwhile.
    package func run(failed: @Sendable (any Error) -> Void) async {
        var isFailing = false
        var sinceUses = 0
        while !Task.isCancelled {
            do {
                let known = state.withLock(\.revision)
                if let snapshot = try await database.read({ try KeyTable.changes(since: known, in: $0) }) {
                    replace(by: snapshot)
                }
                sinceUses += Limits.refreshMilliseconds
                if sinceUses >= Limits.lastUseSeconds * 1_000 {
                    sinceUses = 0
                    try await recordUses()
                }
                isFailing = false
            } catch {
                if !isFailing, !Task.isCancelled { failed(error) }
                isFailing = true
            }
            try? await Task.sleep(for: .milliseconds(Limits.refreshMilliseconds))
        }
    }

    /// Writes when keys were last used. Not urgent: what fails is written the next time.
    package func recordUses() async throws {
        let uses = state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
        guard !uses.isEmpty else { return }
        do {
            try await database.write { try KeyTable.record(uses, in: $0) }
        } catch {
            state.withLock { $0.uses.merge(uses) { max($0, $1) } }
            throw error
        }
    }
}

extension APIKey {
    /// Throws what is wrong with a key that is to be made.
    func validate() throws {
        let isPrintable = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        guard !name.isEmpty, name.utf8.count <= Limits.nameBytes, isPrintable, !name.hasPrefix("key_") else {
            throw IdentityError(
                .invalidName,
                "A key's name has 1 to \(Limits.nameBytes) bytes, no control characters, and does not begin with key_.")
        }
        guard !scopes.isEmpty else {
            throw IdentityError(.noScope, "A key without a scope opens nothing. Give it one: chat, wake or admin.")
        }
        if let limit = requestsPerMinute, !Limits.requestsPerMinute.contains(limit) {
            throw IdentityError(
                .invalidLimit, "Requests per minute must be from 1 to \(Limits.requestsPerMinute.upperBound).")
        }
        if let expires, expires <= created {
            throw IdentityError(.invalidExpiry, "The key would have expired already. Choose a later time.")
        }
    }
}
