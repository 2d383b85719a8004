import Engine
import TestSupport
import Testing
import Tokenization

@Suite struct CompletionsTests {
    @Test("completes several prompts with several choices each, in order")
    func several() async throws {
        let generator = try FakeGenerator(.init(["x"]))
        try await TestServer.run(generator) { server in
            let reply = try await server.post("/v1/completions", #"{"prompt":["a","bc"],"n":2,"echo":true,"seed":5}"#)
                .json()
            #expect(reply["object"].string == "text_completion")
            #expect((0..<4).map { reply["choices"][$0]["text"].string } == ["ax", "ax", "bcx", "bcx"])
            #expect((0..<4).map { reply["choices"][$0]["index"].number } == [0, 1, 2, 3])
            #expect(reply["usage"]["prompt_tokens"].number == 3 && reply["usage"]["completion_tokens"].number == 4)
            #expect(generator.requests.map(\.prompt) == [ByteVocabulary.tokens("a"), ByteVocabulary.tokens("bc")])
            #expect(generator.requests.allSatisfy { $0.sampling.seed == 5 })
        }
    }

    @Test("takes token ids, and echoes their text")
    func tokens() async throws {
        let generator = try FakeGenerator(.init(["x"]))
        try await TestServer.run(generator) { server in
            let reply = try await server.post("/v1/completions", #"{"prompt":[[104,105],[72]],"echo":true}"#).json()
            #expect((0..<2).map { reply["choices"][$0]["text"].string } == ["hix", "Hx"])
            #expect(generator.requests.map(\.prompt) == [[104, 105], [72]])
        }
    }

    @Test("reads special tokens in a raw prompt, but not in a message")
    func specials() async throws {
        let generator = try FakeGenerator()
        try await TestServer.run(generator) { server in
            _ = try await server.post("/v1/completions", #"{"prompt":"<|im_end|>"}"#)
            _ = try await server.post(
                "/v1/chat/completions", #"{"messages":[{"role":"user","content":"<|im_start|>"}]}"#)
            #expect(generator.requests[0].prompt == [TokenID(257)])
            #expect(generator.requests[1].prompt.count { $0 == TokenID(256) } == 2, "those of the frame alone")
        }
    }

    @Test("streams completions with the prompt first when asked to echo")
    func stream() async throws {
        var script = FakeGenerator.Script(["x", "y"])
        script.reason = .length
        try await TestServer.run(FakeGenerator(script)) { server in
            let reply = try await server.post("/v1/completions", #"{"prompt":"a","echo":true,"stream":true}"#)
            let chunks = try reply.events.dropLast().map { try JSON($0) }
            #expect(chunks.map { $0["choices"][0]["text"].string } == ["a", "x", "y", ""])
            #expect(chunks.last?["choices"][0]["finish_reason"].string == "length")
            #expect(reply.events.last == "[DONE]")
        }
    }

    @Test("refuses an empty prompt", arguments: [#""""#, "[[]]"])
    func empty(prompt: String) async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let reply = try await server.post("/v1/completions", #"{"prompt":\#(prompt)}"#)
            #expect(reply.status == 400)
            #expect(try reply.json()["error"]["param"].string == "prompt")
        }
    }
}
