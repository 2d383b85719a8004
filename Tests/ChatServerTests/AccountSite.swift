import ChatServer
import Foundation
import Gateway
import Identity
import Logging
import Storage
import Synchronization
import TestSupport

/// The site with nothing but accounts, a clock that stands still, and passwords that cost little.
final class AccountSite: Sendable {
    static let password = "correct horse"

    /// What happened, and what is to happen.
    final class Record: Sendable {
        struct State {
            var now = 1_800_000_000
            var changed: [String] = []
            var removed: [String] = []
            var isRemovalFailing = false
            var hashes = 0
        }
        let state = Mutex(State())
    }

    let folder: TemporaryFolder
    let record = Record()
    let accounts: AccountStore
    let removal: AccountRemoval
    let routes: [Route]
    private let site: ChatSite

    init() throws {
        folder = try TemporaryFolder()
        let database = try Storage.Database(path: folder.file("a.db"), modules: [AccountStore.schema])
        let cheap = PasswordCost(logarithm: 4, blockSize: 8, parallelism: 1)
        let hasher = PasswordHasher(cost: cheap) { [record] password, salt, cost in
            record.state.withLock { $0.hashes += 1 }
            return try PasswordHasher.scrypt(password, salt: salt, cost: cost)
        }
        let accounts = AccountStore(database: database, hasher: hasher) { [record] in record.state.withLock(\.now) }
        let sessionsChanged = { @Sendable [record] (account: String) in
            record.state.withLock { $0.changed.append(account) }
        }
        let removal = AccountRemoval(accounts: accounts, sessionsChanged: sessionsChanged) { [record] account in
            try record.state.withLock { state in
                guard !state.isRemovalFailing else { throw StorageError(.diskFull, "no room") }
                state.removed.append(account)
            }
        }
        let own = AccountRoutes(
            accounts: accounts, removal: removal, version: "1.0", hasVoice: { true }, sessionsChanged: sessionsChanged)
        let administration = AccountAdministrationRoutes(
            accounts: accounts, removal: removal,
            chatCounts: { try await Dictionary(uniqueKeysWithValues: accounts.accounts().map { ($0.account.id, 3) }) },
            sessionsChanged: sessionsChanged)
        self.accounts = accounts
        self.removal = removal
        routes = own.routes + administration.routes
        site = ChatSite(
            routes: routes, sessions: accounts, assets: AssetFolder(path: "/nonexistent"), platform: NoPlatform(),
            logger: Logger(label: "test"))
    }

    func advance(by seconds: Int) { record.state.withLock { $0.now += seconds } }

    func takeChanged() -> [String] {
        record.state.withLock { state in
            defer { state.changed = [] }
            return state.changed
        }
    }

    func respond(to request: SiteRequest) async -> SiteResponse { await site.respond(to: request) }

    private struct NoPlatform: SiteHandler {
        func respond(to request: SiteRequest) async -> SiteResponse { SiteResponse(status: 299) }
    }
}

/// A browser at the site: it keeps the cookie that it is given, and sends it.
final class Browser: Sendable {
    struct Reply: Sendable {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        }

        func list(_ name: String) -> [[String: Any]] { object[name] as? [[String: Any]] ?? [] }
        func text(_ name: String) -> String? { object[name] as? String }
        /// The code of an error.
        var code: String? { (object["error"] as? [String: Any])?["code"] as? String }
        var field: String? { (object["error"] as? [String: Any])?["field"] as? String }
    }

    private let site: AccountSite
    private let address: String
    private let isSecure: Bool
    private let jar: Mutex<String?>

    init(_ site: AccountSite, address: String = "192.0.2.1", isSecure: Bool = false, cookie: String? = nil) {
        self.site = site
        self.address = address
        self.isSecure = isSecure
        jar = Mutex(cookie)
    }

    /// `name=value`; nil: none.
    var cookie: String? { jar.withLock { $0 } }

    @discardableResult
    func call(
        _ method: String, _ path: String, _ body: String? = nil, headers: [(String, String)] = []
    ) async -> Reply {
        var all = [("host", "chat.example"), ("user-agent", "Firefox")] + headers
        if let cookie { all.append(("cookie", cookie)) }
        if body != nil { all.append(("content-type", "application/json")) }
        let response = await site.respond(
            to: SiteRequest(
                id: "r", method: method, path: path, query: nil, headers: all, body: Array((body ?? "").utf8),
                caller: nil, peer: address, isSecure: isSecure))
        for header in response.headers where header.name == "set-cookie" {
            let pair = header.value.prefix { $0 != ";" }
            jar.withLock { $0 = pair.hasSuffix("=") ? nil : String(pair) }
        }
        guard case .bytes(let bytes) = response.body else { return Reply(status: 0, headers: [], body: []) }
        return Reply(status: response.status, headers: response.headers, body: bytes)
    }

    @discardableResult
    func signIn(_ name: String, _ password: String = AccountSite.password) async -> Reply {
        await call("POST", "/api/session", #"{"name":"\#(name)","password":"\#(password)"}"#)
    }

    @discardableResult
    func signUp(_ name: String, invitation: String? = nil) async -> Reply {
        let link = invitation.map { #","invitation":"\#($0)""# } ?? ""
        return await call(
            "POST", "/api/accounts", #"{"name":"\#(name)","password":"\#(AccountSite.password)"\#(link)}"#)
    }

    var isSignedIn: Bool {
        get async { await call("GET", "/api/session").object["account"] != nil }
    }
}

extension AccountSite {
    /// A browser in which the first administrator is signed in.
    func administrator() async throws -> Browser {
        let browser = Browser(self)
        let token = try await accounts.makeSetupToken() ?? ""
        await browser.call(
            "POST", "/api/setup", #"{"token":"\#(token)","name":"root","password":"\#(Self.password)"}"#)
        return browser
    }

    /// A browser in which a new user is signed in, and the account's id.
    func user(_ name: String) async throws -> (browser: Browser, id: String) {
        let browser = Browser(self)
        let invitation = try await accounts.invite(note: "").token
        let reply = await browser.signUp(name, invitation: invitation)
        return (browser, reply.text("id") ?? "")
    }
}
