import Control
import Gateway
import NIOCore
import Testing

@Suite("A native engine's stream")
struct AnswerStreamTests {
    private func text(_ stream: inout AnswerStream, _ text: String) throws -> String {
        var output = ByteBuffer()
        try stream.take(ByteBuffer(string: text), into: &output)
        return String(buffer: output)
    }

    private func resume(_ stream: AnswerStream) -> String? { stream.resume.map { String(decoding: $0, as: UTF8.self) } }

    @Test("remembers tokens, strips their comments, and holds what nothing accounts for")
    func accounts() throws {
        var stream = AnswerStream(isNative: true, sequences: 2)
        let role = try text(&stream, "data: role\n\n")
        #expect(role == "")
        #expect(resume(stream) == nil)
        let first = try text(&stream, ": tokens 0 5 6\ndata: a\n\n: tokens 1 7\n\n")
        #expect(first == "data: role\n\ndata: a\n\n")
        let part = try text(&stream, ": tokens 0 8\ndata: b\n")
        #expect(part == "")
        #expect(
            resume(stream)
                == #"{"choices":[{"tokens":[5,6],"finished":false},{"tokens":[7],"finished":false}],"usageSent":false}"#
        )
        let rest = try text(&stream, "\n: finished 0\ndata: end\n\n: usage 3 1 4\ndata: usage\n\ndata: [DONE]\n\n")
        #expect(rest == "data: b\n\ndata: end\n\ndata: usage\n\ndata: [DONE]\n\n")
        #expect(
            resume(stream)
                == #"{"choices":[{"tokens":[5,6,8],"finished":true},{"tokens":[7],"finished":false}],"usageSent":true}"#
        )
        #expect(stream.usage == TokenUsage(prompt: 3, cached: 1, generated: 4))
        #expect(stream.isDone)
        #expect(stream.generated == 4)
    }

    @Test("hands an answer's start on once, with the first tokens, whichever engine draws them")
    func start() throws {
        var stream = AnswerStream(isNative: true, sequences: 1)
        let start = ": started 0\ndata: role, <think>\n\n"
        let lost = try text(&stream, start)
        #expect(lost == "" && resume(stream) == nil)
        stream.restart()
        let first = try text(&stream, start + ": tokens 0 5\ndata: hm\n\n")
        #expect(first == "data: role, <think>\n\ndata: hm\n\n")
        stream.restart()
        let rest = try text(&stream, ": tokens 0 6\ndata: so\n\n")
        #expect(rest == "data: so\n\n")
    }

    @Test("is the same however it is cut into reads")
    func reads() throws {
        let whole = NativeScript(lengths: [5, 2]).blocks(for: "{}").joined()
        var expected = AnswerStream(isNative: true, sequences: 2)
        let answer = try text(&expected, whole)
        for size in 1..<40 {
            var stream = AnswerStream(isNative: true, sequences: 2)
            var output = ""
            var rest = whole[...]
            while !rest.isEmpty {
                output += try text(&stream, String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(output == answer)
            #expect(stream.resume == expected.resume)
        }
    }

    @Test("a block without end, and a choice that was not asked for, do no harm")
    func rubbish() throws {
        var stream = AnswerStream(isNative: true, sequences: 1)
        _ = try text(&stream, ": tokens 7 1\n: tokens 99999999999 1\n: tokens x\n: usage 1\n: finished -1\n\n")
        #expect(stream.resume == nil)
        #expect(throws: AnswerStream.Fault.tooLong) {
            for _ in 0..<10 { _ = try self.text(&stream, String(repeating: "x", count: 1 << 20)) }
        }
    }

    @Test("a foreign stream is forwarded as it is, by blocks, and its events are counted")
    func foreign() throws {
        var stream = AnswerStream(isNative: false, sequences: 1)
        let output = try text(&stream, ": hello\r\n\r\ndata: a\r\n\r\ndata:b\n\ndata: c")
        #expect(output == ": hello\r\n\r\ndata: a\r\n\r\ndata:b\n\n")
        #expect(stream.generated == 2)
        let usage = #"{"usage":{"prompt_tokens":4,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}}}"#
        _ = try text(&stream, "\n\ndata: \(usage)\n\ndata: [DONE]\n\n")
        #expect(stream.usage == TokenUsage(prompt: 4, cached: 3, generated: 2))
        #expect(stream.isDone)
    }
}
