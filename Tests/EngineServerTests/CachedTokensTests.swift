import Engine
import OpenAIAPI
import TestSupport
import Testing

/// What callers and dashboards learn of the prefix cache.
@Suite struct CachedTokensTests {
    private func engine() throws -> Engine {
        let model = try PackedModel(TinyModel(type: 8, seed: 5))
        return try Engine(
            weights: model.weights, tokenizer: model.tokenizer, chatFormat: ByteVocabulary.chatML(),
            configuration: EngineConfiguration(contextLength: 256, threads: 1))
    }

    /// The body of a completion of prompts with `counts` tokens.
    private func body(_ counts: [Int], _ fields: String = "") -> String {
        let prompts = counts.map { count in "[\((0..<count).map { String(20 + $0) }.joined(separator: ","))]" }
        return #"{"prompt":[\#(prompts.joined(separator: ","))],"max_tokens":2,"ignore_eos":true\#(fields)}"#
    }

    private func cached(_ server: TestServer, _ body: String) async throws -> Double? {
        let reply = try await server.post("/v1/completions", body)
        #expect(reply.status == 200, "\(reply.body)")
        return try reply.json()["usage"]["prompt_tokens_details"]["cached_tokens"].number
    }

    @Test("usage says how many prompt tokens were cached, whole and streamed")
    func usage() async throws {
        try await TestServer.run(try engine()) { server in
            let first = try await cached(server, body([100])), second = try await cached(server, body([100]))
            #expect(first == 0 && second == 96)
            let fields = #","stream":true,"stream_options":{"include_usage":true}"#
            let stream = try await server.post("/v1/completions", body([70], fields)).body
            #expect(stream.contains(#""total_tokens":72,"prompt_tokens_details":{"cached_tokens":64}}}"#))
            let relayed = try await server.post("/v1/completions", body([100], fields + #","pronk":{"tokens":true}"#))
            #expect(relayed.body.contains(": usage 100 96 2\n"))
        }
    }

    @Test("a token counts as cached once for each prompt, and only if no choice computed it")
    func choices() async throws {
        try await TestServer.run(try engine()) { server in
            let first = try await cached(server, body([100], #","n":3"#))
            let second = try await cached(server, body([100], #","n":3"#))
            #expect(first == 0 && second == 96)
            let both = try await cached(server, body([40, 100], #","n":2"#))
            #expect(both == 128, "32 of the first prompt and 96 of the second")
        }
    }

    @Test("requests of different salts share nothing, and a salt must not be empty")
    func salts() async throws {
        try await TestServer.run(try engine()) { server in
            var counts: [Double?] = []
            for salt in ["a", "b", "a"] {
                counts.append(try await cached(server, body([100], #","cache_salt":"\#(salt)""#)))
            }
            counts.append(try await cached(server, body([100])))
            #expect(counts == [0, 0, 96, 0])
            for salt in ["\"\"", "1", "\"\(String(repeating: "x", count: 1025))\""] {
                let reply = try await server.post("/v1/completions", body([100], #","cache_salt":\#(salt)"#))
                #expect(reply.status == 400)
                let param = try reply.json()["error"]["param"].string
                #expect(param == "cache_salt")
            }
        }
    }

    @Test("tenants share nothing, whatever their salts, which are judged without the tenant's name")
    func tenants() async throws {
        try await TestServer.run(try engine()) { server in
            func fields(_ tenant: String, _ salt: String) -> String {
                #","pronk":{"tenant":"\#(tenant)"},"cache_salt":\#(salt)"#
            }
            let longest = "\"\(String(repeating: "x", count: 1024))\""
            var counts: [Double?] = []
            for (tenant, salt) in [
                ("key-1", "null"), ("key-1", "\"a\""), ("key-2", "\"a\""), ("key-2", "\"key-1\""), ("key-1", "\"a\""),
                ("key-2", longest), ("key-2", longest),
            ] {
                counts.append(try await cached(server, body([100], fields(tenant, salt))))
            }
            #expect(counts == [0, 0, 0, 0, 96, 0, 96])
            let empty = try await server.post("/v1/completions", body([100], fields("key-1", "\"\"")))
            #expect(empty.status == 400 && empty.body.contains("1 to 1024 bytes, but has 0"))
        }
    }

    @Test("the metrics count tokens that were asked for and tokens that were found")
    func metrics() async throws {
        try await TestServer.run(try engine()) { server in
            for _ in 0..<2 { _ = try await server.post("/v1/completions", body([100])) }
            let page = try await server.get("/metrics").body
            #expect(page.contains(#"vllm:prefix_cache_queries_total{model_name="Tiny"} 200.0"#))
            #expect(page.contains(#"vllm:prefix_cache_hits_total{model_name="Tiny"} 96.0"#))
            #expect(page.contains(#"vllm:kv_cache_usage_perc{model_name="Tiny"} 0.0"#))
            #expect(page.contains(#"enable_prefix_caching="True""#))
        }
    }
}
