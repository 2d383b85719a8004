import Engine
import TestSupport
import Testing
import Tokenization

@Suite struct ChatTests {
    @Test("answers a chat with its text, its finish and its usage")
    func whole() async throws {
        var script = FakeGenerator.Script(["Hel", "lo"])
        script.matchedStop = "END"
        let generator = try FakeGenerator(script)
        try await TestServer.run(generator) { server in
            let reply = try await server.chat(#""model":"fake-model","stop":"END""#).json()
            #expect(reply["object"].string == "chat.completion" && reply["model"].string == "fake-model")
            #expect(reply["system_fingerprint"].string == "fake-fingerprint")
            let choice = reply["choices"][0]
            #expect(choice["index"].number == 0 && choice["finish_reason"].string == "stop")
            #expect(choice["message"]["role"].string == "assistant" && choice["message"]["content"].string == "Hello")
            #expect(choice["stop_reason"].string == "END")
            let prompt = "\(257)user\nhi" + "\n" + "assistant\n"
            #expect(reply["usage"]["prompt_tokens"].number == Double(prompt.count))
            #expect(reply["usage"]["completion_tokens"].number == 2)
        }
    }

    @Test("leaves the last message open when it is to go on")
    func continued() async throws {
        let generator = try FakeGenerator()
        try await TestServer.run(generator) { server in
            let messages = #"[{"role":"user","content":"hi"},{"role":"assistant","content":"Hel"}]"#
            let fields = #""add_generation_prompt":false,"continue_final_message":true"#
            let reply = try await server.post("/v1/chat/completions", #"{"messages":\#(messages),\#(fields)}"#).json()
            let prompt = "\(257)user\nhi" + "\n" + "assistant\nHel"
            #expect(reply["usage"]["prompt_tokens"].number == Double(prompt.count))
            let question = try await server.chat(fields)
            #expect(question.status == 400 && question.body.contains("only an answer can be continued"))
        }
    }

    @Test("gives out the thought that the template opens as each answer's first text, and counts it as prompt")
    func openedThought() async throws {
        try await TestServer.run(FakeGenerator(.init(["hm", "</think>", "Hi"]), thinks: true)) { server in
            let whole = try await server.chat(#""n":2"#).json()
            for index in 0..<2 {
                #expect(whole["choices"][index]["message"]["content"].string == "<think>\nhm</think>Hi")
            }
            // <｜User｜>, 2 bytes of "hi", <｜Assistant｜>, and 8 of "<think>\n"; two answers of three tokens.
            #expect(whole["usage"]["prompt_tokens"].number == 12 && whole["usage"]["completion_tokens"].number == 6)
            let chunks = try await server.chat(#""stream":true,"n":2"#).events.dropLast().map { try JSON($0) }
            for index in [0.0, 1.0] {
                let own = chunks.map { $0["choices"][0] }.filter { $0["index"].number == index }
                #expect(own.map { $0["delta"]["content"].string } == ["<think>\n", "hm", "</think>", "Hi", nil])
                #expect(own.first?["delta"]["role"].string == "assistant")
            }
        }
    }

    @Test(
        "opens no second thought where the prompt does not end with one",
        arguments: [
            (#""add_generation_prompt":false,"continue_final_message":true"#, []),
            (#""add_generation_prompt":false"#, [258]),
        ] as [(String, [TokenID])])
    func noSecondThought(fields: String, end: [TokenID]) async throws {
        let generator = try FakeGenerator(.init(["m"]), thinks: true)
        try await TestServer.run(generator) { server in
            let messages = #"[{"role":"user","content":"hi"},{"role":"assistant","content":"<think>\nh"}]"#
            let body = #"{"messages":\#(messages),\#(fields)"#
            let whole = try await server.post("/v1/chat/completions", body + "}").json()
            #expect(whole["choices"][0]["message"]["content"].string == "m")
            let chunks = try await server.post("/v1/chat/completions", body + #","stream":true}"#).events.dropLast()
                .map { try JSON($0) }
            #expect(chunks.map { $0["choices"][0]["delta"]["content"].string } == ["", "m", nil])
        }
        let said: [TokenID] = [256] + ByteVocabulary.tokens("hi") + [257] + ByteVocabulary.tokens("<think>\nh")
        #expect(generator.requests.map(\.prompt) == [said + end, said + end])
    }

    @Test("what a request leaves open is drawn as the model's makers say")
    func makersDefaults() async throws {
        let defaults = SamplingDefaults(temperature: 0.6, topP: 0.9, topK: 20, minP: 0.02, repetitionPenalty: 1.1)
        let generator = try FakeGenerator(samplingDefaults: defaults)
        try await TestServer.run(generator) { server in
            _ = try await server.chat(#""seed":1"#)
            _ = try await server.chat(
                #""temperature":1,"top_p":1,"top_k":0,"min_p":0,"repetition_penalty":1,"seed":1"#)
        }
        try #require(generator.requests.count == 2)
        let open = generator.requests[0].sampling, own = generator.requests[1].sampling
        #expect(open.temperature == 0.6 && open.topP == 0.9 && open.topK == 20 && open.minP == 0.02)
        #expect(open.repetitionPenalty == 1.1)
        #expect(own.temperature == 1 && own.topP == 1 && own.topK == 0 && own.minP == 0 && own.repetitionPenalty == 1)
    }

    @Test("hands every parameter to the engine")
    func parameters() async throws {
        let generator = try FakeGenerator()
        try await TestServer.run(generator) { server in
            let fields = """
                "temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.1,"seed":-1,"max_tokens":9,"n":2,"stop":["x"],
                "stop_token_ids":[65],"include_stop_str_in_output":true,"ignore_eos":true
                """
            _ = try await server.chat(fields)
            let request = try #require(generator.requests.first)
            #expect(request.sampling.temperature == 0.5 && request.sampling.topP == 0.9 && request.sampling.topK == 7)
            #expect(request.sampling.minP == 0.1 && request.sampling.seed == .max)
            #expect(request.maxTokens == 9 && request.choices == 2)
            #expect(
                request.stop
                    == StopConditions(
                        strings: ["x"], tokens: [65], includesMatch: true, ignoresEndOfGeneration: true))
            #expect(request.prompt.first == TokenID(256))
            _ = try await server.chat()
            _ = try await server.chat()
            let drawn = generator.requests.dropFirst().map(\.sampling.seed)
            #expect(drawn[0] != drawn[1], "a seed is drawn where none is given")
            #expect(generator.requests[1].maxTokens == nil)
        }
    }

    @Test("streams role, text, finish, usage and the end, in this order", arguments: TestServer.Transport.allCases)
    func stream(transport: TestServer.Transport) async throws {
        try await TestServer.run(FakeGenerator(), transport) { server in
            let reply = try await server.chat(#""stream":true,"stream_options":{"include_usage":true}"#)
            #expect(reply.status == 200 && reply.headers["content-type"] == "text/event-stream; charset=utf-8")
            #expect(reply.events.last == "[DONE]")
            let chunks = try reply.events.dropLast().map { try JSON($0) }
            #expect(chunks.count == 5)
            #expect(Set(chunks.map { $0["id"].string }).count == 1)
            #expect(chunks.allSatisfy { $0["object"].string == "chat.completion.chunk" })
            #expect(chunks[0]["choices"][0]["delta"]["role"].string == "assistant")
            #expect(chunks.prefix(3).map { $0["choices"][0]["delta"]["content"].string } == ["", "Hel", "lo"])
            #expect(chunks[3]["choices"][0]["finish_reason"].string == "stop")
            #expect(chunks[3]["choices"][0]["delta"] == .object([:]))
            #expect(chunks[4]["choices"].count == 0 && chunks[4]["usage"]["completion_tokens"].number == 2)
            #expect(chunks.prefix(4).allSatisfy { $0["usage"] == .null })
        }
    }

    @Test("streams a token as soon as the engine has it")
    func streamAtOnce() async throws {
        var script = FakeGenerator.Script([])
        script.isManual = true
        let generator = try FakeGenerator(script)
        try await TestServer.run(generator) { server in
            let response = try await server.open("/v1/chat/completions", TestServer.chatBody(#""stream":true"#))
            var received = ""
            var body = response.body.makeAsyncIterator()
            for piece in ["one", "two", "three"] {
                generator.send(piece)
                while !received.contains(piece), let part = try await body.next() { received += String(buffer: part) }
                #expect(received.contains(piece))
            }
            generator.finish()
            while let part = try await body.next() { received += String(buffer: part) }
            #expect(received.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("keeps the choices of n apart, whole and streamed")
    func choices() async throws {
        try await TestServer.run(FakeGenerator(.init(["a", "b"]))) { server in
            let whole = try await server.chat(#""n":3"#).json()
            #expect(whole["choices"].count == 3 && whole["usage"]["completion_tokens"].number == 6)
            for index in 0..<3 {
                #expect(whole["choices"][index]["index"].number == Double(index))
                #expect(whole["choices"][index]["message"]["content"].string == "ab")
            }
            let chunks = try await server.chat(#""n":2,"stream":true"#).events.dropLast().map { try JSON($0) }
            for index in [0.0, 1.0] {
                let own = chunks.filter { $0["choices"][0]["index"].number == index }
                #expect(own.map { $0["choices"][0]["delta"]["content"].string } == ["", "a", "b", nil])
                #expect(own.last?["choices"][0]["finish_reason"].string == "stop")
            }
        }
    }

    @Test("tells a failure amid a stream as an event, without the mark of a complete answer")
    func failureAmidStream() async throws {
        var script = FakeGenerator.Script(["a"])
        script.failure = EngineError(.internalFailure, "The cache is broken.")
        try await TestServer.run(FakeGenerator(script)) { server in
            let reply = try await server.chat(#""stream":true"#, headers: [("X-Request-Id", "r7")])
            #expect(reply.status == 200 && !reply.body.contains("[DONE]"))
            let error = try JSON(try #require(reply.events.last))["error"]
            #expect(error["code"].string == "internal_error" && error["type"].string == "server_error")
            #expect(error["message"].string == "The cache is broken. (request id: r7)")
            let whole = try await server.chat()
            #expect(whole.status == 500)
        }
    }

    @Test("refuses a chat with a model that has no known template")
    func noTemplate() async throws {
        try await TestServer.run(FakeGenerator(isChat: false)) { server in
            let reply = try await server.chat()
            #expect(reply.status == 400)
            #expect(try reply.json()["error"]["code"].string == "chat_not_supported")
            #expect(try await server.post("/v1/completions", #"{"prompt":"a"}"#).status == 200)
        }
    }
}
