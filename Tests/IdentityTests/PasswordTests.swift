import Foundation
import GRDB
import Identity
import Storage
import Synchronization
import Testing

@Suite("Passwords")
struct PasswordTests {
    private let bed: AccountBed

    init() throws { bed = try AccountBed() }

    private func signIn(_ store: AccountStore, _ name: String, _ password: String) async -> IdentityError.Code? {
        await refusal { _ = try await store.signIn(name: name, password: password, from: .test) }
    }

    @Test("scrypt is the one of RFC 7914")
    func standardVector() throws {
        let cost = PasswordCost(logarithm: 10, blockSize: 8, parallelism: 16)
        let bytes = try PasswordHasher.scrypt(Array("password".utf8), salt: Array("NaCl".utf8), cost: cost)
        let expected = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        #expect(bytes.map { String(format: "%02x", $0) }.joined() == expected)
    }

    @Test("an unknown name, an impossible one and a wrong password cost one hash each, and sound alike")
    func samePrice() async throws {
        let store = try bed.store()
        _ = try await bed.user("ann", in: store)
        _ = bed.takeHashes()
        for (name, password) in [
            ("ann", "wrong horse"), ("ann", ""), ("nobody", "wrong horse"), ("nobody", ""), ("\u{7}", "wrong horse"),
            (String(repeating: "x", count: 100_000), "wrong horse"), ("ann", String(repeating: "x", count: 100_000)),
        ] {
            #expect(await signIn(store, name, password) == .wrongCredentials)
            #expect(bed.takeHashes() == 1)
        }
    }

    @Test("is stored with its parameters and a salt of its own, and never as it is")
    func stored() async throws {
        let database = try bed.database()
        let store = try bed.store(database: database)
        _ = try await bed.user("ann", in: store)
        _ = try await bed.user("bob", in: store)
        let texts = try await database.read { try String.fetchAll($0, sql: "SELECT password FROM account") }
        #expect(Set(texts).count == 2)
        for text in texts { #expect(text.hasPrefix("$scrypt$ln=4,r=8,p=1$")) }
        for name in try bed.folder.names() {
            let bytes = try Data(contentsOf: URL(filePath: bed.folder.file(name)))
            #expect(bytes.range(of: Data(AccountBed.password.utf8)) == nil)
        }
    }

    @Test("one that cost less is hashed again at the next sign-in")
    func renewed() async throws {
        _ = try await bed.user("ann", in: bed.store())
        let database = try bed.database()
        let dearer = try bed.store(cost: PasswordCost(logarithm: 5, blockSize: 8, parallelism: 1), database: database)
        #expect(await signIn(dearer, "ann", "wrong horse") == .wrongCredentials)
        #expect(await signIn(dearer, "ann", AccountBed.password) == nil)
        let text = try await database.read { try String.fetchOne($0, sql: "SELECT password FROM account") }
        #expect(text?.hasPrefix("$scrypt$ln=5,r=8,p=1$") == true)
        _ = bed.takeHashes()
        #expect(await signIn(dearer, "ann", AccountBed.password) == nil)
        #expect(bed.takeHashes() == 1)
    }

    @Test("the same letters count as the same, however a keyboard composes them")
    func composition() async throws {
        let store = try bed.store()
        _ = try await bed.user("ann", in: store, password: "Pa\u{308}sswo\u{308}rter")
        #expect(await signIn(store, "ann", "P\u{e4}ssw\u{f6}rter") == nil)
        #expect(await signIn(store, "ann", "Passworter") == .wrongCredentials)
    }

    @Test(
        "one that anybody would try first is refused",
        arguments: ["", "short", "ANNABELLE", "aaaaaaaaaaaa", String(repeating: "long", count: 300)])
    func weak(password: String) async throws {
        let store = try bed.store()
        try await store.setSignUpMode(.open)
        _ = bed.takeHashes()
        let code = await refusal {
            _ = try await store.signUp(name: "annabelle", password: password, invitation: nil, from: .test)
        }
        #expect(code == .weakPassword)
        #expect(bed.takeHashes() == 0)
    }

    @Test(
        "a flood of them is hashed a few at a time, and whoever would wait too long is sent away",
        .timeLimit(.minutes(1)))
    func flood() async throws {
        let gate = Gate()
        let hasher = PasswordHasher(cost: AccountBed.cheap) { _, _, _ in
            gate.pass()
            return Array(repeating: 0, count: 32)
        }
        let store = AccountStore(database: try bed.database(), hasher: hasher)
        let codes = await withTaskGroup(of: IdentityError.Code?.self) { group in
            for index in 0..<60 {
                group.addTask {
                    let visitor = Visitor(agent: "", address: "192.0.2.\(index)")
                    return await refusal {
                        _ = try await store.signIn(name: "n\(index)", password: "wrong horse", from: visitor)
                    }
                }
            }
            var codes: [IdentityError.Code?] = []
            for await code in group {
                codes.append(code)
                // Nobody else comes through before the gate opens.
                if codes.count == 12 { gate.open() }
            }
            return codes
        }
        #expect(codes.prefix(12).allSatisfy { $0 == .busy })
        #expect(codes.dropFirst(12).allSatisfy { $0 == .wrongCredentials })
        #expect(gate.most <= max(1, min(4, ProcessInfo.processInfo.activeProcessorCount / 2)))
    }

    /// Holds back threads until it is opened, and knows how many were inside at most.
    private final class Gate: Sendable {
        private let state = Mutex((inside: 0, most: 0))
        private let isOpen = DispatchSemaphore(value: 0)

        var most: Int { state.withLock(\.most) }

        func pass() {
            state.withLock { state in
                state.inside += 1
                state.most = max(state.most, state.inside)
            }
            isOpen.wait()
            isOpen.signal()
            state.withLock { $0.inside -= 1 }
        }

        func open() { isOpen.signal() }
    }
}
