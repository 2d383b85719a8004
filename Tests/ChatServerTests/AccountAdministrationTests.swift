import ChatServer
import Foundation
import Identity
import Testing

@Suite("Routes of administration")
struct AccountAdministrationTests {
    private let site: AccountSite

    init() throws { site = try AccountSite() }

    @discardableResult
    private func change(_ browser: Browser, _ id: String, _ body: String) async -> Browser.Reply {
        await browser.call("PATCH", "/api/admin/accounts/\(id)", body)
    }

    @Test("accounts are listed with their chats and without their preferences")
    func list() async throws {
        let root = try await site.administrator()
        let (ann, _) = try await site.user("ann")
        await ann.call("PATCH", "/api/account", #"{"preferences":{"private":1}}"#)
        let listed = await root.call("GET", "/api/admin/accounts").list("accounts")
        #expect(listed.map { $0["name"] as? String } == ["root", "ann"])
        #expect(listed.map { $0["role"] as? String } == ["admin", "user"])
        #expect(listed.map { $0["disabled"] as? Bool } == [false, false])
        #expect(listed.map { $0["chats"] as? Int } == [3, 3])
        #expect(listed.map { $0["lastSeen"] as? Int } == [1_800_000_000_000, 1_800_000_000_000])
        #expect(listed.allSatisfy { $0["preferences"] == nil && $0["password"] == nil })
    }

    @Test("a role or a disabling holds at the account's next request")
    func atOnce() async throws {
        let root = try await site.administrator()
        let (ann, id) = try await site.user("ann")
        #expect(await ann.call("GET", "/api/admin/accounts").status == 403)
        #expect(await change(root, id, #"{"role":"admin"}"#).status == 200)
        #expect(await ann.call("GET", "/api/admin/accounts").status == 200)
        #expect(await change(root, id, #"{"role":"user"}"#).status == 200)
        #expect(await ann.call("GET", "/api/admin/accounts").status == 403)
        _ = site.takeChanged()
        #expect(await change(root, id, #"{"disabled":true}"#).object["disabled"] as? Bool == true)
        #expect(site.takeChanged() == [id])
        #expect(await ann.isSignedIn == false)
        #expect(await ann.signIn("ann").code == "not_allowed")
        #expect(await ann.signIn("ann", "wrong horse").code == "wrong_credentials")
        await change(root, id, #"{"disabled":false}"#)
        #expect(await ann.signIn("ann").status == 200)
        #expect(await change(root, id, #"{"role":"emperor"}"#).field == "role")
        #expect(await change(root, "user_nobody", #"{"role":"user"}"#).status == 404)
    }

    @Test("a password that an administrator sets ends the account's sessions")
    func password() async throws {
        let root = try await site.administrator()
        let (ann, id) = try await site.user("ann")
        #expect(await change(root, id, #"{"password":"short"}"#).code == "weak_password")
        _ = site.takeChanged()
        #expect(await change(root, id, #"{"password":"battery staple"}"#).status == 200)
        #expect(site.takeChanged() == [id])
        #expect(await ann.isSignedIn == false)
        #expect(await ann.signIn("ann", "battery staple").status == 200)
    }

    @Test("the last administrator can neither go, be demoted nor be disabled, and loses no data by trying")
    func lastAdministrator() async throws {
        let root = try await site.administrator()
        let id = try #require(
            (await root.call("GET", "/api/session").object["account"] as? [String: Any])?["id"] as? String)
        for body in [#"{"role":"user"}"#, #"{"disabled":true}"#] {
            let reply = await change(root, id, body)
            #expect(reply.status == 409)
            #expect(reply.code == "conflict")
        }
        #expect(await root.call("DELETE", "/api/admin/accounts/\(id)").status == 409)
        #expect(
            await root.call("DELETE", "/api/account", #"{"password":"\#(AccountSite.password)"}"#).status == 409)
        #expect(site.record.state.withLock(\.removed).isEmpty)
        #expect(await root.isSignedIn)
        let (_, ann) = try await site.user("ann")
        await change(root, ann, #"{"role":"admin"}"#)
        #expect(await change(root, id, #"{"role":"user"}"#).status == 200)
        #expect(await root.call("GET", "/api/admin/accounts").status == 403)
    }

    @Test("removing an account removes its data")
    func remove() async throws {
        let root = try await site.administrator()
        let (ann, id) = try await site.user("ann")
        _ = site.takeChanged()
        #expect(await root.call("DELETE", "/api/admin/accounts/\(id)").status == 204)
        #expect(site.record.state.withLock(\.removed) == [id])
        #expect(site.takeChanged() == [id])
        #expect(await ann.isSignedIn == false)
        #expect(await root.call("DELETE", "/api/admin/accounts/\(id)").status == 404)
    }

    @Test("an invitation is shown once, makes one account even when two use it at once, and says whose")
    func invitation() async throws {
        let root = try await site.administrator()
        let made = await root.call("POST", "/api/admin/invitations", #"{"note":"für 李雷"}"#)
        #expect(made.status == 200)
        let token = try #require(made.text("token"))
        let invitation = try #require(made.object["invitation"] as? [String: Any])
        #expect(invitation["note"] as? String == "für 李雷")
        #expect(invitation["expires"] as? Int == 1_800_000_000_000 + 7 * 86_400_000)
        let replies = await withTaskGroup(of: Browser.Reply.self) { [site] group in
            for name in ["李雷", "韩梅梅"] {
                group.addTask { await Browser(site).signUp(name, invitation: token) }
            }
            return await group.reduce(into: [Browser.Reply]()) { $0.append($1) }
        }
        #expect(Set(replies.map(\.status)) == [200, 400])
        #expect(replies.compactMap(\.code) == ["invalid_link"])
        let winner = try #require(replies.compactMap { $0.text("name") }.first)
        let listed = await root.call("GET", "/api/admin/invitations")
        #expect(listed.list("invitations").map { $0["usedBy"] as? String } == [winner])
        #expect(!String(decoding: listed.body, as: UTF8.self).contains(token))
        let browser = Browser(site)
        #expect(await browser.signIn(winner).status == 200)
    }

    @Test("an invitation that has expired or was taken back makes no account")
    func invitationEnds() async throws {
        let root = try await site.administrator()
        let expiring = await root.call("POST", "/api/admin/invitations", #"{"expires":1800000010000}"#)
        site.advance(by: 10)
        let late = await Browser(site).signUp("ann", invitation: expiring.text("token"))
        #expect(late.status == 400)
        #expect(late.code == "invalid_link")
        let made = await root.call("POST", "/api/admin/invitations", "{}")
        let id = try #require((made.object["invitation"] as? [String: Any])?["id"] as? String)
        #expect(await root.call("DELETE", "/api/admin/invitations/\(id)").status == 204)
        #expect(await root.call("DELETE", "/api/admin/invitations/\(id)").status == 404)
        #expect(await Browser(site).signUp("ann", invitation: made.text("token")).code == "invalid_link")
        for body in [#"{"expires":1}"#, #"{"expires":9223372036854775807}"#] {
            #expect(await root.call("POST", "/api/admin/invitations", body).field == "expires")
        }
        let long = String(repeating: "x", count: 201)
        #expect(await root.call("POST", "/api/admin/invitations", #"{"note":"\#(long)"}"#).field == "note")
    }

    @Test("sign-up follows the setting")
    func signUpMode() async throws {
        let root = try await site.administrator()
        #expect(await Browser(site).signUp("ann").code == "sign_up_closed")
        #expect(await root.call("PATCH", "/api/admin/settings", #"{"signUp":"open"}"#).text("signUp") == "open")
        #expect(await root.call("GET", "/api/admin/settings").text("signUp") == "open")
        let ann = Browser(site)
        let made = await ann.signUp("ann")
        #expect(made.status == 200)
        #expect(made.text("role") == "user")
        #expect(await ann.isSignedIn)
        let taken = await Browser(site).signUp("ＡＮＮ")
        #expect(taken.status == 409)
        #expect(taken.code == "name_taken")
        await root.call("PATCH", "/api/admin/settings", #"{"signUp":"closed"}"#)
        #expect(await Browser(site).signUp("bob").status == 403)
        #expect(await root.call("PATCH", "/api/admin/settings", #"{"signUp":"x"}"#).field == "signUp")
    }
}
