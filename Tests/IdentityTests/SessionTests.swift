import Foundation
import Identity
import Testing

@Suite("Sessions")
struct SessionTests {
    private let bed: AccountBed
    private let store: AccountStore

    init() throws {
        bed = try AccountBed()
        store = try bed.store()
    }

    private func signIn(_ name: String, replacing old: String? = nil) async throws -> NewSession {
        try await store.signIn(name: name, password: AccountBed.password, from: .test, replacing: old)
    }

    @Test("a session's secret names its holder in every process, and nothing else does")
    func namesHolder() async throws {
        let ann = try await bed.user("ann", in: store)
        #expect(ann.token.wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil)
        #expect(try await bed.store().session(holding: ann.token) == ann.signedIn)
        for other in ["", ann.signedIn.id, ann.signedIn.account.id, ann.token + "x", String(ann.token.dropLast())] {
            #expect(try await store.session(holding: other) == nil)
        }
    }

    @Test("no secret of a session or a link is in the file")
    func secretsAreNotStored() async throws {
        let setup = try #require(try await store.makeSetupToken())
        let invitation = try await store.invite(note: "").token
        let session = try await bed.user("ann", in: store).token
        let names = try bed.folder.names()
        #expect(!names.isEmpty)
        for name in names {
            let bytes = try Data(contentsOf: URL(filePath: bed.folder.file(name)))
            for secret in [setup, invitation, session] {
                #expect(bytes.range(of: Data(secret.prefix(12).utf8)) == nil, "\(name)")
            }
        }
    }

    @Test("every sign-in makes a new secret, and ends the session that the browser had")
    func replaces() async throws {
        let first = try await bed.user("ann", in: store)
        let second = try await signIn("ann")
        #expect(try await store.session(holding: first.token) != nil)
        let third = try await signIn("ann", replacing: second.signedIn.id)
        #expect(Set([first.token, second.token, third.token]).count == 3)
        #expect(try await store.session(holding: second.token) == nil)
        #expect(try await store.session(holding: third.token) != nil)
    }

    @Test("a session ends thirty days after its last use, and each use prolongs it")
    func ends() async throws {
        let ann = try await bed.user("ann", in: store)
        let unused = try await signIn("ann")
        let day = 86_400
        for _ in 0..<5 {
            bed.advance(by: 20 * day)
            #expect(try await store.session(holding: ann.token) != nil)
            try await store.recordUses()
        }
        #expect(try await store.session(holding: unused.token) == nil)
        #expect(try await store.sessions(of: ann.signedIn.account.id).map(\.id) == [ann.signedIn.id])
        bed.advance(by: 30 * day - 60)
        #expect(try await bed.store().session(holding: ann.token) != nil)
        bed.advance(by: 60)
        #expect(try await store.session(holding: ann.token) == nil)
    }

    @Test("the last use is known to the minute, and written by a store that runs", .timeLimit(.minutes(1)))
    func lastUse() async throws {
        let ann = try await bed.user("ann", in: store)
        bed.advance(by: 3_601)
        _ = try await store.session(holding: ann.token)
        let minute = bed.now - bed.now % 60
        let task = Task { [store] in await store.run { _ in Issue.record("could not be written") } }
        let reader = try bed.store()
        while try await reader.accounts().first?.lastSeen != minute { await Task.yield() }
        #expect(try await reader.sessions(of: ann.signedIn.account.id).map(\.lastUsed) == [minute])
        bed.advance(by: 3_600)
        _ = try await store.session(holding: ann.token)
        task.cancel()
        await task.value
        #expect(try await reader.accounts().first?.lastSeen == minute + 3_600)
    }

    @Test("signing out ends one session, signing out everywhere all of them and nobody else's")
    func signOut() async throws {
        let ann = try await bed.user("ann", in: store)
        let bob = try await bed.user("bob", in: store)
        let other = try await signIn("ann")
        let third = try await signIn("ann")
        try await store.signOut(session: other.signedIn.id)
        #expect(try await store.session(holding: other.token) == nil)
        #expect(try await store.session(holding: ann.token) != nil)
        try await store.signOutEverywhere(ann.signedIn.account.id)
        #expect(try await store.session(holding: ann.token) == nil)
        #expect(try await store.session(holding: third.token) == nil)
        #expect(try await store.session(holding: bob.token) != nil)
    }

    @Test("a new password ends every other session, and the old one opens nothing")
    func passwordChange() async throws {
        let ann = try await bed.user("ann", in: store)
        let id = ann.signedIn.account.id
        let other = try await signIn("ann")
        let wrong = await refusal {
            try await store.changePassword(
                of: id, from: "wrong horse", to: "battery staple", keeping: ann.signedIn.id, visitor: .test)
        }
        #expect(wrong == .wrongCredentials)
        #expect(try await store.session(holding: other.token) != nil)
        try await store.changePassword(
            of: id, from: AccountBed.password, to: "battery staple", keeping: ann.signedIn.id, visitor: .test)
        #expect(try await store.session(holding: other.token) == nil)
        #expect(try await store.session(holding: ann.token) != nil)
        #expect(await refusal { _ = try await signIn("ann") } == .wrongCredentials)
        _ = try await store.signIn(name: "ann", password: "battery staple", from: .test)
    }

    @Test("what administrators change holds at the next request, in every process")
    func administration() async throws {
        let server = try bed.store()
        _ = try await bed.administrator(in: store)
        let ann = try await bed.user("ann", in: store)
        let id = ann.signedIn.account.id
        _ = try await store.administer(id, role: .admin)
        #expect(try await server.session(holding: ann.token)?.account.role == .admin)
        _ = try await store.administer(id, role: .user)
        #expect(try await server.session(holding: ann.token)?.account.role == .user)
        _ = try await store.administer(id, isDisabled: true)
        #expect(try await server.session(holding: ann.token) == nil)
        #expect(await refusal { _ = try await signIn("ann") } == .accountDisabled)
        #expect(
            await refusal { _ = try await store.signIn(name: "ann", password: "wrong horse", from: .test) }
                == .wrongCredentials)
        _ = try await store.administer(id, isDisabled: false)
        #expect(try await server.session(holding: ann.token) == nil)
        let back = try await signIn("ann")
        _ = try await store.administer(id, password: "battery staple")
        #expect(try await server.session(holding: back.token) == nil)
        #expect(await refusal { _ = try await signIn("ann") } == .wrongCredentials)
    }

    @Test("an account has a hundred sessions at most; the one used the longest ago makes room")
    func bounded() async throws {
        let ann = try await bed.user("ann", in: store)
        for _ in 0..<100 {
            bed.advance(by: 1)
            _ = try await signIn("ann")
        }
        #expect(try await store.sessions(of: ann.signedIn.account.id).count == 100)
        #expect(try await store.session(holding: ann.token) == nil)
    }

    @Test("wrong passwords make a name wait, wherever they are given, and a right one ends that")
    func throttled() async throws {
        let ann = try await bed.user("ann", in: store)
        let wrong = { @Sendable [store] in
            await refusal { _ = try await store.signIn(name: "ANN", password: "wrong horse", from: .test) }
        }
        for _ in 0..<4 { #expect(await wrong() == .wrongCredentials) }
        let guess = await refusal {
            try await store.confirm("wrong horse", of: ann.signedIn.account.id, visitor: .test)
        }
        #expect(guess == .wrongCredentials)
        _ = bed.takeHashes()
        #expect(await wrong() == .tooManyAttempts)
        #expect(await refusal { _ = try await signIn("ann") } == .tooManyAttempts)
        #expect(bed.takeHashes() == 0)
        bed.advance(by: 1)
        #expect(await refusal { _ = try await signIn("ann") } == nil)
        for _ in 0..<5 { #expect(await wrong() == .wrongCredentials) }
        #expect(await wrong() == .tooManyAttempts)
    }

    @Test("a thousand guesses at the same moment are not all the first")
    func parallelGuesses() async throws {
        _ = try await bed.user("ann", in: store)
        _ = bed.takeHashes()
        await withTaskGroup(of: Void.self) { [store] group in
            for index in 0..<1_000 {
                let visitor = Visitor(agent: "", address: "198.51.\(index / 250).\(index % 250)")
                group.addTask {
                    _ = try? await store.signIn(name: "ann", password: "wrong horse", from: visitor)
                }
            }
        }
        #expect(bed.takeHashes() == 5)
    }
}
