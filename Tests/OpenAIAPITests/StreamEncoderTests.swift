import FoundationEssentials
import OpenAIAPI
import Testing

@Suite struct StreamEncoderTests {
    private static let head = ResponseHead(id: "id\"1", created: 7, model: "m\\n", fingerprint: "f")

    private struct Chunk: Decodable {
        struct Choice: Decodable {
            struct Delta: Decodable {
                var role: String?
                var content: String?
            }
            var index: Int
            var delta: Delta?
            var text: String?
            var finish_reason: String?
            var stop_reason: String?
        }
        var id: String
        var object: String
        var created: Int
        var model: String
        var system_fingerprint: String
        var choices: [Choice]
        var usage: Usage?
    }

    /// Decodes the one event that `write` puts out, by a JSON reader that is not ours.
    private func chunk(_ write: (inout [UInt8]) -> Void) throws -> (Chunk, json: String) {
        var bytes: [UInt8] = []
        write(&bytes)
        let event = try #require(String(validating: bytes, as: UTF8.self))
        #expect(event.hasPrefix("data: ") && event.hasSuffix("\n\n"))
        let json = String(event.dropFirst(6).dropLast(2))
        #expect(!json.contains("\n"))
        return (try JSONDecoder().decode(Chunk.self, from: Data(json.utf8)), json)
    }

    @Test("writes a chat's chunks as OpenAI does")
    func chat() throws {
        let encoder = StreamEncoder(.chat, head: Self.head, includesUsage: true)
        let (role, json) = try chunk { encoder.appendStart("", choice: 2, to: &$0) }
        #expect(role.id == "id\"1" && role.model == "m\\n" && role.created == 7 && role.system_fingerprint == "f")
        #expect(role.object == "chat.completion.chunk")
        #expect(role.choices[0].index == 2 && role.choices[0].delta?.role == "assistant")
        #expect(role.choices[0].delta?.content == "" && role.choices[0].finish_reason == nil)
        #expect(json.hasSuffix(#""usage":null}"#))
        let (opened, _) = try chunk { encoder.appendStart("<think>\n", choice: 0, to: &$0) }
        #expect(opened.choices[0].delta?.role == "assistant" && opened.choices[0].delta?.content == "<think>\n")
        let (text, _) = try chunk { encoder.appendText("hé\n\u{1}\"", choice: 0, to: &$0) }
        #expect(text.choices[0].delta?.content == "hé\n\u{1}\"" && text.choices[0].delta?.role == nil)
        let (finish, _) = try chunk { encoder.appendFinish(.stop, stopReason: "END", choice: 0, to: &$0) }
        #expect(finish.choices[0].finish_reason == "stop" && finish.choices[0].stop_reason == "END")
        #expect(finish.choices[0].delta?.content == nil)
        let (usage, _) = try chunk {
            encoder.appendUsage(Usage(promptTokens: 3, completionTokens: 4, cachedTokens: 2), to: &$0)
        }
        #expect(usage.choices.isEmpty && usage.usage == Usage(promptTokens: 3, completionTokens: 4, cachedTokens: 2))
        #expect(usage.usage?.totalTokens == 7)
    }

    @Test("writes a completion's chunks as OpenAI does, without usage unless asked")
    func completion() throws {
        let encoder = StreamEncoder(.completion, head: Self.head, includesUsage: false)
        let (start, _) = try chunk { encoder.appendStart("echo", choice: 3, to: &$0) }
        #expect(start.choices[0].text == "echo" && start.choices[0].index == 3)
        let (text, json) = try chunk { encoder.appendText("a", choice: 1, to: &$0) }
        #expect(text.object == "text_completion" && text.choices[0].text == "a" && text.choices[0].index == 1)
        #expect(!json.contains("usage"))
        let (finish, _) = try chunk { encoder.appendFinish(.length, stopReason: nil, choice: 1, to: &$0) }
        #expect(finish.choices[0].finish_reason == "length" && finish.choices[0].text == "")
    }

    @Test("escapes any string so that JSON readers get it back")
    func escaping() throws {
        let seed: UInt64 = 20_260_101
        print("seed \(seed)")
        var random = SplitMix(state: seed)
        for _ in 0..<500 {
            let scalars = (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x2FF, using: &random)) }
            let string = String(String.UnicodeScalarView(scalars))
            var bytes: [UInt8] = []
            bytes.append(jsonString: string)
            #expect(try JSONDecoder().decode(String.self, from: Data(bytes)) == string)
        }
    }

    @Test("puts the request id into an error's message")
    func errorBody() throws {
        struct Envelope: Decodable {
            struct Inner: Decodable {
                var message: String
                var type: String
                var param: String?
                var code: String
            }
            var error: Inner
        }
        let error = APIError(.modelNotFound, "No \"x\".", param: "model")
        let envelope = try JSONDecoder().decode(Envelope.self, from: Data(error.body(requestID: "r1")))
        #expect(envelope.error.message == "No \"x\". (request id: r1)" && envelope.error.param == "model")
        #expect(envelope.error.type == "invalid_request_error" && envelope.error.code == "model_not_found")
        #expect(error.status == 404)
        let nothing = try JSONDecoder().decode(
            Envelope.self, from: Data(APIError(.queueFull, "f").body(requestID: "r")))
        #expect(nothing.error.param == nil && nothing.error.type == "rate_limit_error")
    }

    @Test("every code has a status that says whose fault it is", arguments: APIError.Code.allCases)
    func statuses(code: APIError.Code) {
        #expect(400..<600 ~= code.status)
        #expect(
            (code.type == "invalid_request_error") == (code.status < 500 && ![401, 403, 429].contains(code.status)))
    }
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
