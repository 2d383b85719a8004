import Control
import Foundation
import Gateway
import TestSupport
import Testing

/// What a native engine is told about whose prompts may share its prefix cache.
@Suite("Cache salts", .timeLimit(.minutes(2)))
struct CacheSaltTests {
    private static let answer = #"{"id":"a","usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}"#

    /// The salt that an engine gets of a request with further `fields`; nil: none.
    private func salt(
        _ fields: String = "", key: String? = TestGateway.key, route: ServiceRoute = ServiceRoute(name: "m"),
        isNative: Bool = true, isOpen: Bool = false
    ) async throws -> String? {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        let broker = FakeBroker(upstream.endpoint(isNative: isNative))
        var salt: String?
        try await TestGateway.run(broker, routes: [route]) { options in
            if isOpen { options.authentication = .open }
        } body: { gateway in
            let body = #"{"model":"m","messages":[]\#(fields)}"#
            let reply = try await gateway.request("POST", "/v1/chat/completions", body, key: key)
            #expect(reply.status == 200, "\(reply.text)")
            let request = try await upstream.requests.next()
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
            salt = json["cache_salt"] as? String
        }
        return salt
    }

    @Test("each key has a salt of its own, the same for all its requests")
    func keys() async throws {
        let first = try await salt(), again = try await salt(#","cache_salt":null"#)
        let other = try await salt(key: "pk-wake")
        #expect(first == "key-1" && again == first && other == "key-2")
    }

    @Test("where no key is asked for, each address has one")
    func addresses() async throws {
        let salt = try await salt(key: nil, isOpen: true)
        #expect(salt == "127.0.0.1" || salt == "::1")
    }

    @Test("a caller's own salt parts its prompts further, and cannot be another's")
    func ownSalts() async throws {
        let own = try await salt(#","cache_salt":"key-2""#)
        #expect(own == "key-1\u{1F}key-2")
        let forged = try await salt(#","cache_salt":"\u001fkey-2""#)
        #expect(forged == "key-1\u{1F}\u{1F}key-2")
        let escaped = try await salt(#","cache\u005fsalt":"a\"b","x":1"#)
        #expect(escaped == "key-1\u{1F}a\"b")
        let empty = try await salt(#","cache_salt" : "" "#)
        #expect(empty == "key-1\u{1F}")
    }

    @Test("a service whose callers trust each other gets no salt but the caller's own")
    func shared() async throws {
        let route = ServiceRoute(name: "m", sharesPrefixCache: true)
        let none = try await salt(route: route), own = try await salt(#","cache_salt":"mine""#, route: route)
        #expect(none == nil && own == "mine")
    }

    @Test("other engines than ours get what the caller wrote")
    func foreign() async throws {
        let none = try await salt(isNative: false), own = try await salt(#","cache_salt":"mine""#, isNative: false)
        #expect(none == nil && own == "mine")
    }

    @Test("a salt that is no string, or stands twice, is refused")
    func refusals() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        try await TestGateway.run(FakeBroker(upstream.endpoint(isNative: true))) { gateway in
            for salts in [#""cache_salt":1"#, #""cache_salt":["a"]"#, #""cache_salt":"a","cache_salt":"b""#] {
                let reply = try await gateway.chat(#"{"model":"m","messages":[],\#(salts)}"#)
                #expect(reply.status == 400 && reply.message.contains("cache_salt"), "\(reply.text)")
            }
        }
    }
}
