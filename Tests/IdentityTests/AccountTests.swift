import GRDB
import Foundation
import Identity
import Storage
import Testing

@Suite("Accounts")
struct AccountTests {
    private let bed: AccountBed
    private let store: AccountStore

    init() throws {
        bed = try AccountBed()
        store = try bed.store()
    }

    private func signUp(_ name: String, _ invitation: String? = nil) async -> IdentityError.Code? {
        await refusal {
            _ = try await store.signUp(name: name, password: AccountBed.password, invitation: invitation, from: .test)
        }
    }

    @Test("the first administrator comes by a link that works once, and only the newest")
    func setUp() async throws {
        #expect(try await store.needsSetup())
        let older = try #require(try await store.makeSetupToken())
        let newer = try #require(try await store.makeSetupToken())
        for token in [older, "", "x", String(repeating: "x", count: 1 << 20)] {
            let code = await refusal {
                _ = try await store.setUp(token: token, name: "root", password: AccountBed.password, from: .test)
            }
            #expect(code == .invalidLink)
        }
        #expect(bed.takeHashes() == 0)
        let session = try await store.setUp(token: newer, name: "root", password: AccountBed.password, from: .test)
        #expect(session.signedIn.account.role == .admin)
        #expect(try await store.session(holding: session.token) == session.signedIn)
        #expect(try await store.needsSetup() == false)
        #expect(try await store.makeSetupToken() == nil)
        let again = await refusal {
            _ = try await store.setUp(token: newer, name: "eve", password: AccountBed.password, from: .test)
        }
        #expect(again == .invalidLink)
    }

    @Test("two who open the first administrator's link at once are not both administrators")
    func setUpAtOnce() async throws {
        let token = try #require(try await store.makeSetupToken())
        let stores = [store, try bed.store()]
        let codes = await withTaskGroup(of: IdentityError.Code?.self) { group in
            for index in 0..<8 {
                group.addTask {
                    await refusal {
                        _ = try await stores[index % 2].setUp(
                            token: token, name: "root\(index)", password: AccountBed.password, from: .test)
                    }
                }
            }
            return await group.reduce(into: [IdentityError.Code?]()) { $0.append($1) }
        }
        #expect(codes.count { $0 == nil } == 1)
        #expect(codes.count { $0 == .invalidLink } == 7)
        #expect(try await store.accounts().count == 1)
    }

    @Test("sign-up is by invitation until somebody opens or closes it, in every process at once")
    func modes() async throws {
        let other = try bed.store()
        #expect(try await store.signUpMode() == .invitation)
        #expect(await signUp("ann") == .signUpClosed)
        #expect(await signUp("ann", "invented") == .invalidLink)
        try await other.setSignUpMode(.open)
        #expect(await signUp("ann") == nil)
        #expect(await signUp("bob", "invented") == nil)
        let invitation = try await store.invite(note: "").token
        try await other.setSignUpMode(.closed)
        #expect(await signUp("eve", invitation) == .signUpClosed)
        try await other.setSignUpMode(.invitation)
        #expect(await signUp("eve", invitation) == nil)
    }

    @Test("an invitation is used by one, even when many try at once from two processes")
    func invitationOnce() async throws {
        let (invitation, token) = try await store.invite(note: "for Ann")
        let stores = [store, try bed.store()]
        let names = await withTaskGroup(of: String?.self) { group in
            for index in 0..<8 {
                group.addTask {
                    try? await stores[index % 2].signUp(
                        name: "ann\(index)", password: AccountBed.password, invitation: token, from: .test
                    ).signedIn.account.name
                }
            }
            return await group.reduce(into: [String]()) { if let name = $1 { $0.append(name) } }
        }
        #expect(names.count == 1)
        #expect(try await store.accounts().map(\.account.name) == names)
        #expect(try await store.invitations().map(\.id) == [invitation.id])
        #expect(try await store.invitations().map(\.usedBy) == names)
    }

    @Test("an invitation ends at its time, to the second, or when it is taken back")
    func invitationEnds() async throws {
        let (expiring, token) = try await store.invite(note: "", expires: bed.now + 10)
        bed.advance(by: 10)
        #expect(await signUp("ann", token) == .invalidLink)
        let (taken, other) = try await store.invite(note: "")
        try await store.removeInvitation(taken.id)
        #expect(await signUp("ann", other) == .invalidLink)
        #expect(await refusal { try await store.removeInvitation(taken.id) } == .unknownInvitation)
        #expect(try await store.invitations().map(\.id) == [expiring.id])
        for expires in [bed.now, bed.now - 1, bed.now + 400 * 86_400] {
            #expect(await refusal { _ = try await store.invite(note: "", expires: expires) } == .invalidExpiry)
        }
    }

    @Test(
        "names are the same in any case, width and composition",
        arguments: [
            ("Zoë", "ZOE\u{308}"), ("李雷", "李雷 "), ("ＡＮＮ", "ann"), ("Straße", "STRASSE"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("ﬁona", "Fiona"), ("Иван", "ИВАН"), ("가", "\u{1100}\u{1161}"),
        ])
    func sameNames(name: String, other: String) async throws {
        try await store.setSignUpMode(.open)
        #expect(await signUp(name) == nil)
        #expect(await signUp(other) == .nameTaken)
        let session = try await store.signIn(name: other, password: AccountBed.password, from: .test)
        #expect(session.signedIn.account.name == name)
    }

    @Test(
        "a name is one visible line of up to 64 characters",
        arguments: [
            "", "  ", "a\u{0}b", "a\nb", "ann\u{202e}b", "a\u{200b}b", "\u{200d}", "a\u{2028}b",
            String(repeating: "x", count: 65), "a" + String(repeating: "\u{301}", count: 65),
        ])
    func badNames(name: String) async throws {
        try await store.setSignUpMode(.open)
        #expect(await signUp(name) == .invalidName)
    }

    @Test(
        "sixty-four characters of any script are a name",
        arguments: ["x", "李", "😀", "ß"])
    func longNames(letter: String) async throws {
        try await store.setSignUpMode(.open)
        let name = String(repeating: letter, count: 64)
        #expect(await signUp(name) == nil)
        #expect(try await store.accounts().map(\.account.name) == [name])
    }

    @Test("the last administrator stays one, and two who remove each other at once leave one")
    func lastAdministrator() async throws {
        let root = try await bed.administrator(in: store).signedIn.account.id
        #expect(await refusal { _ = try await store.administer(root, role: .user) } == .lastAdministrator)
        #expect(await refusal { _ = try await store.administer(root, isDisabled: true) } == .lastAdministrator)
        #expect(await refusal { try await store.beginRemoval(of: root) } == .lastAdministrator)
        let ann = try await bed.user("ann", in: store).signedIn.account.id
        _ = try await store.administer(ann, role: .admin, isDisabled: true)
        #expect(await refusal { _ = try await store.administer(root, role: .user) } == .lastAdministrator)
        _ = try await store.administer(ann, isDisabled: false)
        let stores = [store, try bed.store()]
        let codes = await withTaskGroup(of: IdentityError.Code?.self) { group in
            for (store, id) in zip(stores, [root, ann]) {
                group.addTask { await refusal { try await store.beginRemoval(of: id) } }
            }
            return await group.reduce(into: [IdentityError.Code?]()) { $0.append($1) }
        }
        #expect(Set(codes) == [nil, .lastAdministrator])
        #expect(try await store.needsSetup() == false)
    }

    @Test("an account that is removed is gone at once, and its name is free when all of it is gone")
    func removal() async throws {
        let ann = try await bed.user("ann", in: store)
        let id = ann.signedIn.account.id
        try await store.beginRemoval(of: id)
        #expect(try await store.session(holding: ann.token) == nil)
        #expect(try await store.accounts().isEmpty)
        #expect(try await store.beingRemoved() == [id])
        #expect(await refusal { _ = try await store.change(id, displayName: "x") } == .unknownAccount)
        let signIn = await refusal {
            _ = try await store.signIn(name: "ann", password: AccountBed.password, from: .test)
        }
        #expect(signIn == .wrongCredentials)
        try await store.setSignUpMode(.open)
        #expect(await signUp("ann") == .nameTaken)
        try await store.finishRemoval(of: id)
        #expect(try await store.invitations().isEmpty)
        #expect(await signUp("ann") == nil)
    }

    @Test("finishing a removal that has not begun removes nobody")
    func finishWithoutBeginning() async throws {
        let ann = try await bed.user("ann", in: store)
        try await store.finishRemoval(of: ann.signedIn.account.id)
        #expect(try await store.session(holding: ann.token) != nil)
    }

    @Test("the demo account gets a new random password each time")
    func demo() async throws {
        let (account, password) = try await store.makeDemo()
        #expect(account.role == .user)
        #expect(password.wholeMatch(of: /([2-9a-z]{4}-){3}[2-9a-z]{4}/) != nil)
        let session = try await store.signIn(name: "demo", password: password, from: .test)
        _ = try await bed.administrator(in: store)
        _ = try await store.administer(account.id, isDisabled: true)
        let (again, other) = try await store.makeDemo()
        #expect(again.id == account.id)
        #expect(other != password)
        #expect(try await store.session(holding: session.token) == nil)
        #expect(try await store.signIn(name: "demo", password: other, from: .test).signedIn.account.isDisabled == false)
        #expect(
            await refusal { _ = try await store.signIn(name: "demo", password: password, from: .test) }
                == .wrongCredentials)
    }

    @Test("a file with keys of the version before keeps them and gains the accounts")
    func migration() async throws {
        // A file of its own: the suite's is at the newest version.
        let bed = try AccountBed()
        let shipped = SchemaModule(name: "identity", steps: Array(KeyStore.schema.steps.prefix(1)))
        let old = try Storage.Database(path: bed.folder.file("a.db"), modules: [shipped])
        let (key, token) = try KeyStore(database: old).create(name: "site", scopes: [.chat])
        _ = try await bed.user("ann", in: bed.store())
        #expect(try KeyStore(database: bed.database()).caller(holding: token)?.id == key.id)
    }

    @Test("on a full disk nothing is half made, and whoever is signed in stays so")
    func fullDisk() async throws {
        let database = try bed.database()
        let store = try bed.store(database: database)
        let ann = try await bed.user("ann", in: store)
        let token = try await store.invite(note: "").token
        try await database.write { connection in
            let pages = try Int.fetchOne(connection, sql: "PRAGMA page_count") ?? 0
            try connection.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let preferences = "{\"a\":\"\(String(repeating: "x", count: 60_000))\"}"
        await #expect(throws: StorageError.self) {
            _ = try await store.change(ann.signedIn.account.id, preferences: preferences)
        }
        bed.advance(by: 3_600)
        #expect(try await store.session(holding: ann.token)?.account.preferences == "{}")
        try await database.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        let bob = try await store.signUp(name: "bob", password: AccountBed.password, invitation: token, from: .test)
        #expect(try await store.session(holding: bob.token) != nil)
        #expect(try await store.change(ann.signedIn.account.id, preferences: preferences).preferences == preferences)
    }
}
