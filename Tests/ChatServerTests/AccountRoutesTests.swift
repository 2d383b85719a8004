import ChatServer
import Foundation
import Gateway
import Identity
import Testing

@Suite("Routes of accounts")
struct AccountRoutesTests {
    private let site: AccountSite

    init() throws { site = try AccountSite() }

    @Test("the first administrator comes by the link, is signed in, and ends it")
    func setup() async throws {
        let browser = Browser(site)
        let before = await browser.call("GET", "/api/session")
        #expect(before.object["needsSetup"] as? Bool == true)
        #expect(before.text("signUp") == "invitation")
        #expect(before.text("version") == "1.0")
        #expect(before.object["passwordMinimum"] as? Int == 8)
        #expect(before.object["voice"] as? Bool == true)
        #expect(before.object["account"] == nil)
        let older = try #require(try await site.accounts.makeSetupToken())
        let token = try #require(try await site.accounts.makeSetupToken())
        func body(_ token: String) -> String {
            #"{"token":"\#(token)","name":"Róot","password":"\#(AccountSite.password)"}"#
        }
        let expired = await browser.call("POST", "/api/setup", body(older))
        #expect(expired.status == 400)
        #expect(expired.code == "invalid_link")
        let made = await browser.call("POST", "/api/setup", body(token))
        #expect(made.status == 200)
        #expect(made.text("role") == "admin")
        #expect(made.text("displayName") == "Róot")
        #expect(made.object["created"] as? Int == 1_800_000_000_000)
        let after = await browser.call("GET", "/api/session")
        #expect(after.object["needsSetup"] as? Bool == false)
        #expect((after.object["account"] as? [String: Any])?["name"] as? String == "Róot")
        #expect(await Browser(site).call("POST", "/api/setup", body(token)).code == "invalid_link")
    }

    @Test("the cookie is out of scripts' reach, and over TLS bound to this host")
    func cookie() async throws {
        _ = try await site.user("ann")
        let plain = await Browser(site).signIn("ann").header("set-cookie") ?? ""
        #expect(
            plain.wholeMatch(of: /pronk_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000/) != nil)
        let browser = Browser(site, isSecure: true)
        let secure = await browser.signIn("ann").header("set-cookie") ?? ""
        #expect(secure.hasPrefix("__Host-pronk_session="))
        #expect(secure.hasSuffix("; Secure"))
        #expect(await browser.isSignedIn)
    }

    @Test("a cookie that somebody planted is never signed in with: every sign-in makes a new one")
    func fixation() async throws {
        let (mallory, _) = try await site.user("mallory")
        _ = try await site.user("ann")
        let planted = try #require(mallory.cookie)
        for cookie in [planted, "pronk_session=invented"] {
            let victim = Browser(site, cookie: cookie)
            await victim.signIn("ann")
            #expect(victim.cookie != cookie)
            #expect(await victim.isSignedIn)
            // The planted session is neither Ann's nor anybody's any more.
            let attacker = Browser(site, cookie: cookie)
            #expect(await attacker.isSignedIn == false)
        }
        let again = Browser(site)
        await again.signIn("ann")
        let first = again.cookie
        await again.signIn("ann")
        #expect(again.cookie != first)
        #expect(await Browser(site, cookie: first).isSignedIn == false)
    }

    @Test("a refused sign-in leaves whoever was signed in")
    func refusedSignIn() async throws {
        let (browser, _) = try await site.user("ann")
        let cookie = browser.cookie
        #expect(await browser.signIn("ann", "wrong horse").status == 401)
        #expect(browser.cookie == cookie)
        #expect(await browser.isSignedIn)
    }

    @Test("each first request of a page prolongs the browser's cookie, without a new secret")
    func refresh() async throws {
        let (browser, _) = try await site.user("ann")
        let cookie = browser.cookie
        let reply = await browser.call("GET", "/api/session")
        #expect(reply.header("set-cookie")?.contains("Max-Age=2592000") == true)
        #expect(browser.cookie == cookie)
        #expect(await Browser(site).call("GET", "/api/session").header("set-cookie") == nil)
    }

    @Test("an unknown name and a wrong password get the same answer for the same work")
    func alike() async throws {
        _ = try await site.user("ann")
        var answers: [String] = []
        for name in ["ann", "nobody"] {
            site.record.state.withLock { $0.hashes = 0 }
            let reply = await Browser(site).signIn(name, "wrong horse")
            #expect(reply.status == 401)
            #expect(reply.code == "wrong_credentials")
            #expect(site.record.state.withLock(\.hashes) == 1)
            answers.append(try canonical(reply.object))
        }
        #expect(answers[0] == answers[1])
    }

    @Test("nobody has to be known to have a large body refused before it is read")
    func largeBody() async throws {
        let reply = await Browser(site).signIn("ann", String(repeating: "x", count: 20_000))
        #expect(reply.status == 413)
        #expect(site.record.state.withLock(\.hashes) == 0)
    }

    @Test("guesses have to wait, and are told for how long")
    func throttled() async throws {
        _ = try await site.user("ann")
        for index in 0..<5 {
            #expect(await Browser(site, address: "198.51.100.\(index)").signIn("Ann", "wrong horse").status == 401)
        }
        let refused = await Browser(site, address: "198.51.100.9").signIn("ann")
        #expect(refused.status == 429)
        #expect(refused.code == "too_many_attempts")
        #expect(refused.header("retry-after") == "1")
        site.advance(by: 1)
        #expect(await Browser(site).signIn("ann").status == 200)
    }

    @Test("one address that tries a password on many names has to wait")
    func spraying() async throws {
        let browser = Browser(site, address: "198.51.100.1")
        for index in 0..<20 { #expect(await browser.signIn("n\(index)", "password1").status == 401) }
        #expect(await browser.signIn("n20", "password1").status == 429)
        _ = try await site.user("ann")
        #expect(await Browser(site).signIn("ann").status == 200)
    }

    @Test("signing out ends this browser's session; everywhere, all of them")
    func signOut() async throws {
        let (first, id) = try await site.user("ann")
        let second = Browser(site)
        let third = Browser(site)
        await second.signIn("ann")
        await third.signIn("ann")
        _ = site.takeChanged()
        let old = second.cookie
        let reply = await second.call("DELETE", "/api/session")
        #expect(reply.status == 204)
        #expect(reply.header("set-cookie")?.contains("Max-Age=0") == true)
        #expect(site.takeChanged() == [id])
        #expect(await Browser(site, cookie: old).isSignedIn == false)
        #expect(await first.isSignedIn)
        #expect(await third.call("DELETE", "/api/sessions").status == 204)
        #expect(site.takeChanged() == [id])
        #expect(await first.isSignedIn == false)
        #expect(await first.call("DELETE", "/api/session").status == 401)
    }

    @Test("the sessions of an account are listed, with this one marked and no secret")
    func sessions() async throws {
        let (first, _) = try await site.user("ann")
        site.advance(by: 60)
        let second = Browser(site, address: "2001:db8::1")
        await second.signIn("ann")
        _ = try await site.user("bob")
        let listed = await first.call("GET", "/api/sessions")
        let sessions = listed.list("sessions")
        #expect(sessions.map { $0["address"] as? String } == ["2001:db8::1", "192.0.2.1"])
        #expect(sessions.map { $0["current"] as? Bool } == [false, true])
        #expect(sessions.map { $0["agent"] as? String } == ["Firefox", "Firefox"])
        #expect(sessions.first?["created"] as? Int == 1_800_000_060_000)
        let text = String(decoding: listed.body, as: UTF8.self)
        for browser in [first, second] {
            let secret = try #require(browser.cookie?.split(separator: "=").last)
            #expect(!text.contains(secret))
        }
    }

    @Test("a new password ends the other sessions and keeps this one")
    func password() async throws {
        let (browser, id) = try await site.user("ann")
        let other = Browser(site)
        await other.signIn("ann")
        _ = site.takeChanged()
        let wrong = await browser.call(
            "POST", "/api/account/password", #"{"current":"wrong horse","new":"battery staple"}"#)
        #expect(wrong.status == 401)
        #expect(wrong.code == "wrong_credentials")
        let weak = await browser.call(
            "POST", "/api/account/password", #"{"current":"\#(AccountSite.password)","new":"short"}"#)
        #expect(weak.code == "weak_password")
        #expect(await other.isSignedIn)
        let right = await browser.call(
            "POST", "/api/account/password", #"{"current":"\#(AccountSite.password)","new":"battery staple"}"#)
        #expect(right.status == 204)
        #expect(site.takeChanged() == [id])
        #expect(await browser.isSignedIn)
        #expect(await other.isSignedIn == false)
        #expect(await other.signIn("ann").status == 401)
        #expect(await other.signIn("ann", "battery staple").status == 200)
    }

    @Test("preferences are kept as they are, up to 64 KiB")
    func preferences() async throws {
        let (browser, _) = try await site.user("ann")
        let given = #"{"theme":"dark","presets":[{"name":"中文","n":1.5,"on":true,"none":null}],"a/b":-7}"#
        let reply = await browser.call("PATCH", "/api/account", #"{"preferences":\#(given)}"#)
        #expect(reply.status == 200)
        #expect(try canonical(reply.object["preferences"]) == canonical(given))
        let session = await browser.call("GET", "/api/session")
        let account = try #require(session.object["account"] as? [String: Any])
        #expect(try canonical(account["preferences"]) == canonical(given))

        func filled(_ bytes: Int) -> String {
            #"{"preferences":{"a":"\#(String(repeating: "x", count: bytes - 8))"}}"#
        }
        #expect(await browser.call("PATCH", "/api/account", filled(65_536)).status == 200)
        let tooLarge = await browser.call("PATCH", "/api/account", filled(65_537))
        #expect(tooLarge.status == 413)
        #expect(tooLarge.field == "preferences")
        for wrong in ["[]", "1", #""x""#] {
            let reply = await browser.call("PATCH", "/api/account", #"{"preferences":\#(wrong)}"#)
            #expect(reply.status == 400)
            #expect(reply.field == "preferences")
        }
    }

    private func canonical(_ text: String) throws -> String {
        try canonical(JSONSerialization.jsonObject(with: Data(text.utf8)))
    }

    private func canonical(_ object: Any?) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: #require(object), options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    @Test("a display name may be anybody's, but not invisible or a second line")
    func displayName() async throws {
        let (browser, _) = try await site.user("ann")
        let reply = await browser.call("PATCH", "/api/account", #"{"displayName":" 安\u200dAnn <b> "}"#)
        #expect(reply.text("displayName") == "安\u{200d}Ann <b>")
        #expect(reply.text("name") == "ann")
        for wrong in ["", " ", "a\\nb", "\\u202eann", "\\u0000"] {
            let reply = await browser.call("PATCH", "/api/account", #"{"displayName":"\#(wrong)"}"#)
            #expect(reply.status == 400)
            #expect(reply.field == "displayName")
        }
    }

    @Test("an account is removed by its password, with its data, and its name is free again")
    func remove() async throws {
        let (browser, id) = try await site.user("ann")
        let other = Browser(site)
        await other.signIn("ann")
        #expect(await browser.call("DELETE", "/api/account", #"{"password":"wrong horse"}"#).status == 401)
        #expect(site.record.state.withLock(\.removed).isEmpty)
        _ = site.takeChanged()
        #expect(
            await browser.call("DELETE", "/api/account", #"{"password":"\#(AccountSite.password)"}"#).status == 204)
        #expect(site.record.state.withLock(\.removed) == [id])
        #expect(site.takeChanged() == [id])
        #expect(await other.isSignedIn == false)
        #expect(await other.signIn("ann").status == 401)
        let (_, again) = try await site.user("ann")
        #expect(!again.isEmpty && again != id)
    }

    @Test("a removal that was interrupted is hidden at once and finished at the next start")
    func resume() async throws {
        let (browser, id) = try await site.user("ann")
        site.record.state.withLock { $0.isRemovalFailing = true }
        let failed = await browser.call("DELETE", "/api/account", #"{"password":"\#(AccountSite.password)"}"#)
        #expect(failed.status == 507)
        #expect(await browser.isSignedIn == false)
        #expect(await Browser(site).signIn("ann").status == 401)
        site.record.state.withLock { $0.isRemovalFailing = false }
        try await site.removal.resume()
        #expect(site.record.state.withLock(\.removed) == [id])
        #expect(try await site.accounts.beingRemoved().isEmpty)
    }

    @Test("every route asks for whoever it is for, and refuses pages of other sites")
    func access() async throws {
        let (user, _) = try await site.user("ann")
        for route in site.routes {
            let path = route.path.replacing(/\{\w+\}/, with: "x")
            let stranger = await Browser(site).call(route.method, path, "{}")
            if route.access != .everyone { #expect(stranger.status == 401, "\(route.method) \(path)") }
            if route.access == .administrator {
                #expect(await user.call(route.method, path, "{}").status == 403, "\(route.method) \(path)")
            }
            guard route.method != "GET" else { continue }
            let foreign = await user.call(route.method, path, "{}", headers: [("origin", "https://evil.example")])
            #expect(foreign.code == "foreign_origin", "\(route.method) \(path)")
        }
        #expect(await user.isSignedIn)
    }
}
