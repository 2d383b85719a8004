import Benchmarking
import Testing

@Suite("Reading streamed answers")
struct AnswerReaderTests {
    private func read(_ events: [String], at times: [UInt64]? = nil) throws -> AnswerReader {
        var reader = AnswerReader()
        for (index, event) in events.enumerated() {
            try reader.take("data: \(event)\n\n".utf8, now: times?[index] ?? UInt64(index) * 1_000_000)
        }
        return reader
    }

    @Test("times the pieces of text, and neither the role nor the end")
    func chat() throws {
        let reader = try read(
            [
                #"{"choices":[{"delta":{"role":"assistant","content":""}}],"usage":null}"#,
                #"{"choices":[{"delta":{"content":"a"}}],"usage":null}"#,
                #"{"choices": [{"delta": {"content": " b"}}], "usage": null}"#,
                #"{"choices":[{"delta":{},"finish_reason":"length"}]}"#,
                #"{"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":2,"total_tokens":13}}"#,
                "[DONE]",
            ], at: [1_000_000, 5_000_000, 8_500_000, 9_000_000, 9_000_000, 9_500_000])
        #expect(reader.firstText == 5_000_000 && reader.lastText == 8_500_000)
        #expect(reader.gaps == [3_500])
        #expect(reader.pieces == 2)
        #expect(reader.promptTokens == 11 && reader.outputTokens == 2)
        #expect(reader.isDone)
    }

    @Test("completions, and text that looks like fields")
    func completions() throws {
        let reader = try read([
            #"{"choices":[{"text":""}]}"#, #"{"choices":[{"index":0,"text":"\"content\":\"x\" \"usage\":{"}]}"#,
            #"{"choices":[{"delta":{"content":null,"reasoning_content":"hm"}}]}"#,
        ])
        #expect(reader.pieces == 2)
        #expect(reader.outputTokens == nil && reader.errorMessage == nil)
    }

    @Test("an answer cut anywhere reads the same")
    func cut() throws {
        let text = "data: {\"choices\":[{\"delta\":{\"content\":\"é\"}}]}\r\n\r\n: comment\n\ndata: [DONE]\n\n"
        let bytes = Array(text.utf8)
        for place in bytes.indices {
            var reader = AnswerReader()
            try reader.take(bytes[..<place], now: 1)
            try reader.take(bytes[place...], now: 2)
            #expect(reader.pieces == 1 && reader.isDone, "cut at \(place)")
        }
    }

    @Test(
        "errors in the middle are kept in the server's words",
        arguments: [
            (#"{"error":{"message":"out of room","code":1}}"#, "out of room"), (#"{"error":"broken"}"#, "broken"),
            (#"{"error": {"code": 3}}"#, "an error without words"),
        ])
    func errors(event: String, message: String) throws {
        #expect(try read([event]).errorMessage == message)
        #expect(try read([#"{"choices":[{"text":"a"}],"error":null}"#]).errorMessage == nil)
    }

    @Test("bytes that never end a line are refused, not kept")
    func endless() {
        var reader = AnswerReader()
        #expect(throws: (any Error).self) {
            for _ in 0..<100 { try reader.take(Array(repeating: UInt8(ascii: "x"), count: 50_000), now: 1) }
        }
    }
}

@Suite("Addresses")
struct EndpointTests {
    @Test(
        "with and without /v1, with blanks of slashes, and sockets",
        arguments: [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"), ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000"),
            ("localhost:9", "http://localhost:9"), ("https://a.example/openai/v1", "https://a.example/openai"),
            ("unix:/run/a b.sock", "http+unix://%2Frun%2Fa%20b.sock"),
            ("http+unix://%2Ftmp%2Fs/v1", "http+unix://%2Ftmp%2Fs"),
        ])
    func addresses(text: String, base: String) throws { #expect(try Endpoint(text).baseURL == base) }

    @Test(
        "what is no address is refused with an example",
        arguments: [
            "", "ftp://a", "http://", "http://a b", "unix:", "http://user:secret@host", "http://a?b=c",
        ])
    func mistakes(text: String) {
        let error = #expect(throws: BenchmarkError.self) { try Endpoint(text) }
        #expect(error?.code == .invalidSetting)
        #expect(error?.message.contains("secret") != true)
    }

    @Test("named endpoints")
    func named() throws {
        let endpoint = try Endpoint(named: "ours=http://a:1/v1", key: "k")
        #expect(endpoint.name == "ours" && endpoint.baseURL == "http://a:1" && endpoint.key == "k")
        for text in ["http://a:1", "=http://a", "http://a/?x=y"] {
            #expect(throws: BenchmarkError.self) { try Endpoint(named: text) }
        }
    }
}
