import Control
import Foundation
import Gateway
import TestSupport
import Testing

/// What a native engine is told about whose prompts may share its prefix cache.
@Suite("Tenants and cache salts", .timeLimit(.minutes(2)))
struct CacheSaltTests {
    private static let answer = #"{"id":"a","usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}"#

    /// What an engine gets of a request with further `fields`: the tenant that the gateway names, and the salt.
    private func sent(
        _ fields: String = "", key: String? = TestGateway.key, route: ServiceRoute = ServiceRoute(name: "m"),
        isNative: Bool = true, isOpen: Bool = false
    ) async throws -> (tenant: String?, salt: String?) {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        let broker = FakeBroker(upstream.endpoint(isNative: isNative))
        var sent: (tenant: String?, salt: String?) = (nil, nil)
        try await TestGateway.run(broker, routes: [route]) { options in
            if isOpen { options.authentication = .open }
        } body: { gateway in
            let body = #"{"model":"m","messages":[]\#(fields)}"#
            let reply = try await gateway.request("POST", "/v1/chat/completions", body, key: key)
            #expect(reply.status == 200, "\(reply.text)")
            let request = try await upstream.requests.next()
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
            sent = ((json["pronk"] as? [String: Any])?["tenant"] as? String, json["cache_salt"] as? String)
        }
        return sent
    }

    @Test("each key is a tenant of its own, the same for all its requests")
    func keys() async throws {
        let first = try await sent(), again = try await sent(), other = try await sent(key: "pk-wake")
        #expect(first.tenant == "key-1" && again.tenant == "key-1" && other.tenant == "key-2")
        #expect(first.salt == nil)
    }

    @Test("where no key is asked for, each address is one")
    func addresses() async throws {
        let tenant = try await sent(key: nil, isOpen: true).tenant
        #expect(tenant == "127.0.0.1" || tenant == "::1")
    }

    @Test("a caller's own salt reaches the engine as it is, and changes no tenant")
    func ownSalts() async throws {
        for (salt, text) in [("key-2", "key-2"), (#"\u001fkey-2"#, "\u{1F}key-2"), (#"a\"b"#, #"a"b"#), ("", "")] {
            let sent = try await sent(#","cache_salt":"\#(salt)""#)
            #expect(sent.tenant == "key-1" && sent.salt == text)
        }
    }

    @Test("a service whose callers trust each other names no tenant")
    func shared() async throws {
        let sent = try await sent(
            #","cache_salt":"mine""#, route: ServiceRoute(name: "m", sharesPrefixCache: true))
        #expect(sent.tenant == nil && sent.salt == "mine")
    }

    @Test("other engines than ours get what the caller wrote")
    func foreign() async throws {
        let sent = try await sent(#","cache_salt":"mine""#, isNative: false)
        #expect(sent.tenant == nil && sent.salt == "mine")
    }
}
