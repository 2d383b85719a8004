import Engine
import TestSupport
import Testing
import Tokenization

/// Streams of a real engine, cut behind every block and continued by another.
@Suite struct ResumeTests {
    struct Case: Sendable, CustomStringConvertible {
        var path: String
        /// The request without its last brace.
        var body: String
        /// Whether the prompt ends with the opening of a thought.
        var thinks = false
        var description: String { thinks ? "thinking \(body)" : body }

        static func chat(_ fields: String) -> Case {
            Case(
                path: "/v1/chat/completions",
                body: #"{"messages":[{"role":"user","content":"hi"}],"stream":true,"seed":7,\#(fields)"#)
        }

        static func thinking(_ fields: String) -> Case {
            var request = chat(fields)
            request.thinks = true
            return request
        }

        static func completion(_ fields: String) -> Case {
            Case(path: "/v1/completions", body: #"{"stream":true,"seed":-3,\#(fields)"#)
        }

        static let all = [
            chat(#""max_tokens":30"#),
            chat(#""max_tokens":1,"stream_options":{"include_usage":true}"#),
            chat(#""n":3,"max_tokens":20,"temperature":1,"stream_options":{"include_usage":true}"#),
            chat(#""n":2,"max_tokens":30,"temperature":0.8,"top_p":0.9,"stop_token_ids":[40,41,42,43,44,45,46,47]"#),
            thinking(#""max_tokens":12"#), thinking(#""n":2,"max_tokens":9,"temperature":1"#),
            completion(#""prompt":["one","two"],"n":2,"max_tokens":12,"stream_options":{"include_usage":true}"#),
            completion(#""prompt":["a","b"],"echo":true,"max_tokens":7,"top_k":50"#),
        ]
    }

    private static let headers = [("X-Request-Id", "req-1")]

    private func engine(
        thinks: Bool = false, _ change: (inout EngineConfiguration) -> Void = { _ in }
    ) throws -> Engine {
        var tiny = TinyModel(type: 8, seed: 5)
        if thinks { tiny.marks = ByteVocabulary.deepSeekR1Marks }
        let model = try PackedModel(tiny)
        var configuration = EngineConfiguration(contextLength: 256, threads: 1)
        change(&configuration)
        return try Engine(
            weights: model.weights, tokenizer: model.tokenizer,
            chatFormat: thinks ? ByteVocabulary.deepSeekR1() : ByteVocabulary.chatML(),
            configuration: configuration)
    }

    private func stream(_ server: TestServer, _ request: Case, _ pronk: String) async throws -> String {
        let reply = try await server.post(request.path, "\(request.body),\"pronk\":\(pronk)}", headers: Self.headers)
        #expect(reply.status == 200, "\(reply.body)")
        return reply.body
    }

    /// Cuts an answer behind every block, and expects the blocks before and the continuation to be the whole.
    private func expectSameBytes(_ request: Case, containing text: String = "") async throws {
        let first = try engine(thinks: request.thinks)
        let second = try engine(thinks: request.thinks) {
            $0.promptBudget = 16...16; $0.maximumRunning = 2
        }
        try await TestServer.run(first) { server in
            let whole = try await stream(server, request, #"{"created":5,"tokens":true}"#)
            let blocks = Self.blocks(whole)
            #expect(blocks.last == "data: [DONE]\n\n" && whole.contains(text))
            let plain = try await stream(server, request, #"{"created":5}"#)
            #expect(
                Self.masked(Relay(blocks).clientText) == Self.masked(plain), "comments change nothing else")
            try await TestServer.run(second) { other in
                for count in 1..<blocks.count {
                    let relay = Relay(blocks.prefix(count))
                    let rest = try await stream(other, request, relay.continuation)
                    if relay.usageSent {
                        #expect(
                            Self.masked(rest) == Self.masked(relay.usageComment + "\n\ndata: [DONE]\n\n"),
                            "after \(count) blocks")
                    } else {
                        #expect(
                            Self.masked(blocks.prefix(count).joined() + rest) == Self.masked(whole),
                            "after \(count) blocks")
                    }
                }
            }
        }
    }

    @Test("an answer cut behind any block and continued elsewhere has the same bytes", arguments: Case.all)
    func everyBlock(request: Case) async throws {
        try await expectSameBytes(
            request, containing: request.thinks ? #""delta":{"role":"assistant","content":"<think>\n"}"# : "")
    }

    @Test("so has one that ends by a stop string, also when the cut is amid the match", arguments: [true, false])
    func stopString(isIncluded: Bool) async throws {
        let free = Case.chat(#""max_tokens":40,"ignore_eos":true"#)
        var texts: [String] = []
        try await TestServer.run(try engine()) { server in
            texts = try Self.blocks(try await stream(server, free, "{}")).dropLast().compactMap {
                try JSON(String($0.dropFirst("data: ".count)))["choices"][0]["delta"]["content"].string
            }.filter { !$0.isEmpty }
        }
        try #require(texts.count > 15)
        let stop = texts[9].suffix(1) + texts[10] + texts[11] + texts[12].prefix(1)
        var json = stop.unicodeScalars.map { "\\u" + Self.hexadecimal($0.value) }.joined()
        json = #""stop":["\#(json)","never in it"],"include_stop_str_in_output":\#(isIncluded)"#
        try await expectSameBytes(
            .chat(#""max_tokens":40,"ignore_eos":true,\#(json)"#), containing: #""finish_reason":"stop""#)
    }

    @Test("names the field of a continuation that can not be")
    func refusals() async throws {
        let two = Case.chat(#""n":2,"max_tokens":3"#)
        let prompts = Case.completion(#""prompt":["a","b"],"n":2,"max_tokens":3"#)
        let mistakes: [(Case, choices: String, param: String)] = [
            (two, "[{},{},{}]", "pronk.resume.choices"),
            (two, #"[{},{"tokens":[100000]}]"#, "pronk.resume.choices[1].tokens"),
            (two, #"[{"tokens":[9,9,9,9]}]"#, "pronk.resume.choices[0].tokens"),
            (two, #"[{"tokens":[9,2,9]}]"#, "pronk.resume.choices[0].tokens"),
            (prompts, #"[{},{},{},{"tokens":[-1]}]"#, "pronk.resume.choices[3].tokens"),
        ]
        try await TestServer.run(try engine()) { server in
            for (request, choices, param) in mistakes {
                let body = #"\#(request.body),"pronk":{"resume":{"choices":\#(choices)}}}"#
                let reply = try await server.post(request.path, body)
                #expect(reply.status == 400)
                let given = try reply.json()["error"]["param"].string
                #expect(given == param)
            }
        }
    }

    @Test("counts replayed tokens in the usage, and in the engine's counters as prompt")
    func counters() async throws {
        try await TestServer.run(try engine()) { server in
            let pronk = #"{"tokens":true,"resume":{"choices":[{"tokens":[60,61,62]}]}}"#
            let request = Case.completion(#""prompt":[70,71],"max_tokens":8,"ignore_eos":true"#)
            let text = try await stream(server, request, pronk)
            #expect(text.contains(": usage 2 0 8\n\n"))
            #expect(Relay(Self.blocks(text)).choices[0]?.tokens.count == 5)
            let page = try await server.get("/metrics").body
            #expect(page.contains(#"vllm:generation_tokens_total{model_name="Tiny"} 5.0"#))
            #expect(page.contains(#"vllm:prompt_tokens_total{model_name="Tiny"} 5.0"#))
        }
    }

    @Test("writes one chunk for each token that has text, however slowly they are read")
    func oneChunkForEachToken() async throws {
        let pieces = (0..<200).map { "\($0) " }
        try await TestServer.run(FakeGenerator(.init(pieces))) { server in
            let chunks = try await server.chat(#""stream":true,"n":2"#).events.dropLast().map { try JSON($0) }
            let texts = chunks.dropFirst(2).dropLast(2).map { $0["choices"][0]["delta"]["content"].string }
            #expect(texts == pieces.flatMap { [$0, $0] })
        }
    }

    /// Without the number of cached tokens, which says how an answer was made, and not what it is.
    private static func masked(_ stream: String) -> String {
        stream.replacing(/(: usage \d+ )\d+/) { $0.1 + "*" }
            .replacing(/("cached_tokens":)\d+/) { $0.1 + "*" }
    }

    private static func blocks(_ stream: String) -> [String] {
        stream.split(separator: "\n\n", omittingEmptySubsequences: true).map { $0 + "\n\n" }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// What a gateway keeps of the blocks that it received.
private struct Relay {
    var choices: [Int: (tokens: [String], isFinished: Bool)] = [:]
    var started = 0
    var usageSent = false
    var usageComment = ""
    /// What the client gets: no comments, and no blocks that were comments alone.
    var clientText = ""

    init(_ blocks: some Sequence<String>) {
        for block in blocks {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines where line.hasPrefix(": ") { read(line) }
            let rest = lines.filter { !$0.hasPrefix(": ") }
            if rest.contains(where: { !$0.isEmpty }) { clientText += rest.joined(separator: "\n") }
        }
    }

    private mutating func read(_ line: Substring) {
        let words = line.split(separator: " ").dropFirst().map(String.init)
        let choice = Int(words[1]) ?? -1
        switch words[0] {
        case "started": started += 1
        case "tokens": choices[choice, default: ([], false)].tokens += words.dropFirst(2)
        case "finished": choices[choice, default: ([], false)].isFinished = true
        case "usage":
            usageSent = true
            usageComment = String(line)
        default: Issue.record("unknown comment: \(line)")
        }
    }

    /// The field `pronk` of the request that continues the answer.
    var continuation: String {
        let list = (0...(choices.keys.max() ?? 0)).map { index in
            let choice = choices[index] ?? ([], false)
            return #"{"tokens":[\#(choice.tokens.joined(separator: ","))],"finished":\#(choice.isFinished)}"#
        }
        let resume =
            #"{"choices":[\#(list.joined(separator: ","))],"started":\#(started),"usageSent":\#(usageSent)}"#
        return #"{"created":5,"tokens":true,"resume":\#(resume)}"#
    }
}
