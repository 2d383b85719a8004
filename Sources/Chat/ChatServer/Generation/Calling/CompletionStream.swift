import Conversations
import Foundation

/// Reads a stream of completion chunks: bytes in, however they are cut; events out. Comments count here, because the
/// gateway's say how far a start is.
///
/// Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
struct CompletionStream {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var followsReturn = false
    private let decoder = JSONDecoder()
    /// `data: [DONE]` was read, or a reason for the end: the answer is complete.
    private(set) var isComplete = false

    mutating func append(_ bytes: some Sequence<UInt8>) throws -> [CompletionEvent] {
        var events: [CompletionEvent] = []
        for byte in bytes {
            let isSecondHalfOfLineEnd = byte == UInt8(ascii: "\n") && followsReturn
            followsReturn = byte == UInt8(ascii: "\r")
            if isSecondHalfOfLineEnd { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                try endLine(&events)
            } else {
                line.append(byte)
                guard line.count + data.count <= Limits.completionEventBytes else {
                    throw CompletionError(
                        status: 0, code: CompletionError.brokenOffCode,
                        message: "The engine sent an event of more than \(Limits.completionEventBytes) bytes.")
                }
            }
        }
        return events
    }

    private mutating func endLine(_ events: inout [CompletionEvent]) throws {
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty {
            defer { data.removeAll(keepingCapacity: true) }
            if !data.isEmpty { try takeEvent(&events) }
        } else if line.first == UInt8(ascii: ":") {
            if let state = WakeComment.state(in: String(decoding: line, as: UTF8.self)) {
                events.append(.waiting(state))
            }
        } else if line.starts(with: "data:".utf8) {
            var value = line.dropFirst(5)
            if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
            if !data.isEmpty { data.append(UInt8(ascii: "\n")) }
            data += value
        }
    }

    private mutating func takeEvent(_ events: inout [CompletionEvent]) throws {
        if data.elementsEqual("[DONE]".utf8) {
            isComplete = true
            return
        }
        let chunk: CompletionChunk
        do {
            chunk = try decoder.decode(CompletionChunk.self, from: Data(data))
        } catch {
            throw CompletionError(
                status: 0, code: CompletionError.brokenOffCode, message: "The engine's answer is no stream of chunks.")
        }
        if let error = chunk.error { throw error.completionError(status: 200) }
        if let choice = chunk.choices?.first {
            if let text = choice.delta?.reasoning, !text.isEmpty { events.append(.reasoning(text)) }
            if let text = choice.delta?.content, !text.isEmpty { events.append(.text(text)) }
            if let reason = choice.finishReason {
                isComplete = true
                events.append(.finished(reason))
            }
        }
        if let usage = chunk.usage {
            events.append(
                .usage(
                    Message.Usage(
                        prompt: Self.counted(usage.prompt), cached: Self.counted(usage.details?.cached),
                        completion: Self.counted(usage.completion))))
        }
    }

    /// A number that an engine says can be any, and sums of it must stay numbers.
    private static func counted(_ tokens: Int?) -> Int { min(max(tokens ?? 0, 0), Limits.countedTokens) }
}

/// What is read of a streamed chunk, or of an error in its place.
private struct CompletionChunk: Decodable {
    struct Choice: Decodable {
        struct Delta: Decodable {
            var content: String?
            var reasoningContent: String?
            /// vLLM's newer name.
            var reasoningText: String?
            var reasoning: String? { reasoningContent ?? reasoningText }

            enum CodingKeys: String, CodingKey {
                case content
                case reasoningContent = "reasoning_content"
                case reasoningText = "reasoning"
            }
        }
        var delta: Delta?
        var finishReason: String?

        enum CodingKeys: String, CodingKey {
            case delta
            case finishReason = "finish_reason"
        }
    }
    struct Usage: Decodable {
        struct Details: Decodable {
            var cached: Int?
            enum CodingKeys: String, CodingKey { case cached = "cached_tokens" }
        }
        var prompt: Int?
        var completion: Int?
        var details: Details?

        enum CodingKeys: String, CodingKey {
            case prompt = "prompt_tokens"
            case completion = "completion_tokens"
            case details = "prompt_tokens_details"
        }
    }
    var choices: [Choice]?
    var usage: Usage?
    var error: CompletionRefusal?
}

/// OpenAI's error envelope, as engines write it: the code may be a text, a number or missing.
struct CompletionRefusal: Decodable {
    var message: String
    var code: String?

    private enum Key: String, CodingKey { case message, code, type }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            message = text
            return
        }
        let fields = try decoder.container(keyedBy: Key.self)
        message = (try? fields.decode(String.self, forKey: .message)) ?? "The engine gives no reason."
        code = (try? fields.decode(String.self, forKey: .code)) ?? (try? fields.decode(String.self, forKey: .type))
    }

    /// What the body of a refused call says.
    static func error(in body: Data, status: Int) -> CompletionError {
        struct Envelope: Decodable { var error: CompletionRefusal }
        if let envelope = try? JSONDecoder().decode(Envelope.self, from: body) {
            return envelope.error.completionError(status: status)
        }
        let text = String(decoding: body.prefix(300), as: UTF8.self)
        return CompletionError(
            status: status, code: "engine_error",
            message: "The engine refused the question with status \(status)."
                + (text.isEmpty ? "" : " It said: \(text)"))
    }

    func completionError(status: Int) -> CompletionError {
        CompletionError(status: status, code: code ?? "engine_error", message: message)
    }
}
