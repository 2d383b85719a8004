import Engine
import TestSupport
import Testing

@Suite struct RoutesTests {
    @Test("answers every route over TCP and over a Unix socket", arguments: TestServer.Transport.allCases)
    func everyRoute(transport: TestServer.Transport) async throws {
        try await TestServer.run(FakeGenerator(), transport) { server in
            for path in ["/healthz", "/health"] {
                let health = try await server.get(path)
                #expect(health.status == 200 && health.body == #"{"status":"ok"}"#)
            }
            #expect(try await server.get("/version").body == #"{"version":"1.2.3"}"#)
            let models = try await server.get("/v1/models").json()
            #expect(models["object"].string == "list" && models["data"][0]["id"].string == "fake-model")
            #expect(models["data"][0]["max_model_len"].number == 128 && models["data"][0]["owned_by"].string == "pronk")
            #expect(try await server.get("/v1/models/fake-model?x=1").json()["object"].string == "model")
            let chat = try await server.chat()
            #expect(chat.status == 200 && chat.headers["content-type"] == "application/json")
            #expect(try await server.post("/v1/completions", #"{"prompt":"a"}"#).status == 200)
            let tokens = try await server.post("/tokenize", #"{"prompt":"Hé"}"#)
            #expect(tokens.body == #"{"count":3,"max_model_len":128,"tokens":[72,195,169]}"#)
            #expect(try await server.post("/detokenize", #"{"tokens":[72,195,169]}"#).body == #"{"prompt":"Hé"}"#)
            #expect(try await server.get("/metrics").status == 200)
        }
    }

    @Test("tokenizes a chat as the chat route does")
    func tokenizeChat() async throws {
        let generator = try FakeGenerator()
        try await TestServer.run(generator) { server in
            let tokens = try await server.post("/tokenize", #"{"messages":[{"role":"user","content":"hi"}]}"#).json()
            _ = try await server.chat()
            #expect(tokens["count"].number == Double(try #require(generator.requests.first).prompt.count))
        }
    }

    @Test("refuses tokens outside the vocabulary", arguments: [-1, 258])
    func strangeTokens(token: Int) async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let reply = try await server.post("/detokenize", #"{"tokens":[\#(token)]}"#)
            #expect(reply.status == 400)
            #expect(try reply.json()["error"]["message"].string?.contains("the tokens 0 to 257") == true)
            #expect(try await server.post("/v1/completions", #"{"prompt":[\#(token)]}"#).status == 400)
        }
    }

    @Test("answers unknown paths, wrong methods and unknown models in OpenAI's envelope")
    func unknown() async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let path = try await server.get("/v2/models")
            #expect(path.status == 404)
            #expect(try path.json()["error"]["code"].string == "unknown_url")
            let method = try await server.get("/v1/chat/completions")
            #expect(method.status == 405 && method.headers["allow"] == "POST")
            #expect(try method.json()["error"]["code"].string == "method_not_allowed")
            for reply in [
                try await server.get("/v1/models/other%2Fmodel"), try await server.chat(#""model":"other/model""#),
            ] {
                let error = try reply.json()["error"]
                #expect(reply.status == 404 && error["code"].string == "model_not_found")
                #expect(error["param"].string == "model" && error["type"].string == "invalid_request_error")
                #expect(error["message"].string?.hasPrefix("The model 'other/model' does not exist here") == true)
            }
        }
    }

    @Test("answers HEAD where it answers GET, without a body")
    func head() async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let reply = try await server.get("/healthz", method: "HEAD")
            #expect(reply.status == 200 && reply.body.isEmpty)
            #expect(try await server.get("/v1/completions", method: "HEAD").status == 405)
        }
    }

    @Test("repeats a request's id in header, error and engine, or makes one up")
    func requestID() async throws {
        let generator = try FakeGenerator()
        try await TestServer.run(generator) { server in
            let good = try await server.chat(headers: [("X-Request-Id", "abc-1")])
            #expect(good.headers["x-request-id"] == "abc-1" && generator.requests[0].id == "abc-1")
            #expect(try good.json()["id"].string == "chatcmpl-abc-1")
            let bad = try await server.chat(#""n":0"#, headers: [("X-Request-Id", "abc-2")])
            #expect(bad.headers["x-request-id"] == "abc-2")
            #expect(try bad.json()["error"]["message"].string?.hasSuffix("(request id: abc-2)") == true)
            for unfit in ["a b", String(repeating: "a", count: 200)] {
                let reply = try await server.chat(headers: [("X-Request-Id", unfit)])
                #expect(reply.headers["x-request-id"]?.hasPrefix("req-") == true)
            }
        }
    }
}
