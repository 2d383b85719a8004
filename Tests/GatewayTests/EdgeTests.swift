import Control
import Gateway
import Identity
import NIOCore
import Testing

@Suite("Keys, lists and pages", .timeLimit(.minutes(1)))
struct EdgeTests {
    @Test(
        "asks for a key with the right scope",
        arguments: [
            ("POST", "/v1/chat/completions", nil, 401, "missing_api_key"),
            ("POST", "/v1/chat/completions", "nobody", 401, "invalid_api_key"),
            ("POST", "/v1/chat/completions", "pk-none", 403, "missing_scope"),
            ("GET", "/v1/models", nil, 401, "missing_api_key"), ("GET", "/metrics", nil, 401, "missing_api_key"),
            ("GET", "/metrics", "pk-wake", 403, "missing_scope"),
        ] as [(String, String, String?, Int, String)])
    func keys(method: String, path: String, key: String?, status: Int, code: String) async throws {
        try await TestGateway.run(FakeBroker()) { gateway in
            let reply = try await gateway.request(method, path, method == "POST" ? "{}" : nil, key: key)
            #expect(reply.status == status)
            #expect(reply.code == code)
            #expect(reply.headers.first(name: "www-authenticate") == (status == 401 ? "Bearer" : nil))
            #expect(reply.message.contains(reply.headers.first(name: "x-request-id") ?? "?"))
        }
    }

    @Test("an open listener asks nobody, but lets no foreign page in")
    func open() async throws {
        try await TestGateway.run(FakeBroker()) { options in
            options.authentication = .open
            options.allowedOrigins = ["https://friend.example"]
        } body: { gateway in
            func status(_ headers: [(String, String)]) async throws -> Int {
                try await gateway.request("GET", "/v1/models", key: nil, headers: headers).status
            }
            let plain = try await status([])
            #expect(plain == 200)
            let foreign = try await status([("origin", "https://evil.example")])
            #expect(foreign == 403)
            let rebound = try await status([("host", "evil.example")])
            #expect(rebound == 403)
            let own = try await status([("origin", "http://localhost:\(gateway.port)")])
            #expect(own == 200)
            let friend = try await gateway.request(
                "GET", "/v1/models", key: nil, headers: [("origin", "https://friend.example")])
            #expect(friend.headers.first(name: "access-control-allow-origin") == "https://friend.example")
        }
    }

    @Test("answers a browser's question about other origins")
    func preflight() async throws {
        try await TestGateway.run(FakeBroker()) { options in
            options.allowedOrigins = ["https://friend.example"]
        } body: { gateway in
            let friend = try await gateway.request(
                "OPTIONS", "/v1/chat/completions", key: nil, headers: [("origin", "https://friend.example")])
            #expect(friend.status == 204)
            #expect(friend.headers.first(name: "access-control-allow-methods") == "POST, OPTIONS")
            let stranger = try await gateway.request(
                "OPTIONS", "/v1/chat/completions", key: nil, headers: [("origin", "https://evil.example")])
            #expect(stranger.status == 403)
            #expect(stranger.code == "origin_not_allowed")
            let plain = try await gateway.request("OPTIONS", "/v1/models", key: nil)
            #expect(plain.headers.first(name: "allow") == "GET, HEAD, OPTIONS")
        }
    }

    @Test("lists the services without waking them, unless the key may wake")
    func models() async throws {
        let broker = FakeBroker()
        try await TestGateway.run(broker) { gateway in
            let list = try await gateway.request("GET", "/v1/models")
            #expect(list.text.contains(#""id":"m""#))
            #expect(list.text.contains(#""max_model_len":2048"#))
            let one = try await gateway.request("GET", "/v1/models/m")
            #expect(one.text.contains(#""created":7"#))
            let none = try await gateway.request("GET", "/v1/models/x%20y")
            #expect(none.status == 404)
            #expect(none.message.contains("'x y'"))
            let head = try await gateway.request("HEAD", "/v1/models")
            #expect(head.status == 200)
            #expect(head.text.isEmpty)
            #expect(head.headers.first(name: "content-length") == "\(list.text.utf8.count)")
            #expect(broker.woken.isEmpty)
            _ = try await gateway.request("GET", "/v1/models", key: "pk-wake")
            #expect(broker.woken == ["m"])
            _ = try await gateway.request("GET", "/healthz", key: nil)
            #expect(broker.woken == ["m"])
            gateway.gateway.setCatalogue(ServiceCatalogue([ServiceRoute(name: "later", isWokenByChecks: true)]))
            // Each event loop takes it when it comes to it.
            let deadline = ContinuousClock.now + .seconds(30)
            while try await !gateway.request("GET", "/v1/models").text.contains(#""id":"later""#) {
                try #require(ContinuousClock.now < deadline)
            }
            #expect(broker.woken.last == "later")
        }
    }

    @Test("says that it is well, and what it counted, beside what the platform counts")
    func pages() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            let health = try await gateway.request("GET", "/healthz", key: nil)
            #expect(health.text == "ok\n")
            _ = try await gateway.chat()
            let page = try await gateway.request("GET", "/metrics")
            #expect(page.text.contains(#"pronk_gateway_requests_total{service="m",status="200",code=""} 1.0"#))
            #expect(page.text.contains("pronk_gateway_wait_seconds_count 1"))
            #expect(page.text.contains("pronk_platform_up 1"))
        }
    }

    @Test(
        "refuses what makes no sense, and says why",
        arguments: [
            ("/v1/chat/completions", "", 400, "invalid_json", "no body"),
            ("/v1/chat/completions", "{\"model\":\"m\",\n}", 400, "invalid_json", "line 2, column 1"),
            ("/v1/chat/completions", "[]", 400, "invalid_json", "must be a JSON object"),
            ("/v1/chat/completions", "{}", 400, "missing_required_parameter", "GET /v1/models"),
            ("/v1/chat/completions", #"{"model":1}"#, 400, "invalid_value", "must be a string"),
            ("/v1/chat/completions", #"{"model":"x"}"#, 404, "model_not_found", "Use one of 'm'"),
            ("/v1/completions", #"{"model":"m","pronk":{}}"#, 400, "unsupported_parameter", "'pronk'"),
            ("/v1/completions", #"{"model":"m","\u0070ronk":1}"#, 400, "unsupported_parameter", "'pronk'"),
            ("/v1/completions", #"{"model":"m","stream":1}"#, 400, "invalid_value", "true or false"),
            ("/v1/completions", #"{"model":"m","seed":1,"s\u0065ed":2}"#, 400, "invalid_value", "twice"),
            ("/v1/models", "{}", 405, "method_not_allowed", "GET"), ("/nowhere", "{}", 404, "unknown_url", "/nowhere"),
        ])
    func refusals(path: String, body: String, status: Int, code: String, words: String) async throws {
        try await TestGateway.run(FakeBroker()) { gateway in
            let reply = try await gateway.request("POST", path, body)
            #expect(reply.status == status)
            #expect(reply.code == code)
            #expect(reply.message.contains(words), "\(reply.message)")
        }
    }

    @Test("every failure of the platform has its status", arguments: RequestFailure.Code.allCases)
    func failures(code: RequestFailure.Code) async throws {
        let broker = FakeBroker { _, _ in .refused(RequestFailure(code, "Because.", retryAfter: .seconds(7))) }
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat()
            let expected: [RequestFailure.Code: Int] = [.unknownService: 404, .queueFull: 429, .instanceLost: 502]
            #expect(reply.status == expected[code, default: 503])
            #expect(reply.message.hasPrefix("Because."))
            #expect(reply.headers.first(name: "retry-after") == "7")
        }
    }

    @Test("names the caller and estimates the request for the platform")
    func arrivals() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        let broker = FakeBroker(upstream.endpoint())
        try await TestGateway.run(broker) { gateway in
            let first = #"{"role":"user","content":"\#(String(repeating: "a", count: 400))"}"#
            let start = #"{"model":"m","n":3,"max_tokens":50,"messages":[\#(first)"#
            _ = try await gateway.chat(start + "]}")
            _ = try await gateway.chat(start + #",{"role":"assistant","content":"b"}]}"#)
            _ = try await gateway.chat(#"{"model":"m","messages":[{"role":"user","content":"other"}]}"#)
            let arrivals = broker.arrivals
            #expect(arrivals.map(\.tenant) == ["key-1", "key-1", "key-1"])
            #expect(arrivals[0].size.choices == 3)
            #expect(arrivals[0].size.maximumTokens == 50)
            #expect(100...120 ~= arrivals[0].size.promptTokens)
            #expect(arrivals[0].affinity != nil)
            #expect(arrivals[0].affinity == arrivals[1].affinity)
            #expect(arrivals[0].affinity != arrivals[2].affinity)
            #expect(arrivals[0].name.hasPrefix("req-"))
        }
    }
}
