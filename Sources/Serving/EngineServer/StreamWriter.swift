import Engine
import HTTPTypes
import HummingbirdCore
import NIOCore
import OpenAIAPI

/// Writes one streamed answer as server-sent events.
struct StreamWriter {
    let answer: StreamedAnswer
    let requestID: String

    func write(to writer: consuming ResponseWriter) async throws {
        // `no` tells reverse proxies not to collect the stream.
        let head = HTTPResponse(
            status: .ok,
            headerFields: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache", .requestID: requestID,
                .accelBuffering: "no",
            ])
        var body = try await writer.writeHead(head)
        var buffer: [UInt8] = []
        appendStart(to: &buffer)
        var generated = 0
        do {
            while let events = try await next(buffer, &body) {
                buffer.removeAll(keepingCapacity: true)
                for event in events {
                    generated += event.tokens.count
                    append(event, to: &buffer)
                }
            }
            buffer.removeAll(keepingCapacity: true)
            if answer.includesUsage {
                let usage = Usage(promptTokens: answer.generation.promptTokens, completionTokens: generated)
                answer.encoder.appendUsage(usage, to: &buffer)
            }
            StreamEncoder.appendDone(to: &buffer)
        } catch let error as APIError {
            // No [DONE]: the answer is not complete, and clients that ignore the error must not take it for one.
            buffer.removeAll(keepingCapacity: true)
            StreamEncoder.appendError(error, requestID: requestID, to: &buffer)
        }
        try await body.write(ByteBuffer(bytes: buffer))
        try await body.finish(nil)
    }

    /// Writes what is there, then waits for more.
    private func next(_ buffer: [UInt8], _ body: inout some ResponseBodyWriter) async throws -> [GenerationEvent]? {
        if !buffer.isEmpty { try await body.write(ByteBuffer(bytes: buffer)) }
        return try await answer.generation.next()
    }

    private func appendStart(to buffer: inout [UInt8]) {
        for choice in 0..<answer.generation.choiceCount { answer.encoder.appendRole(choice: choice, to: &buffer) }
        for (choice, echo) in answer.echoes.enumerated() where !echo.isEmpty {
            answer.encoder.appendText(echo, choice: choice, to: &buffer)
        }
    }

    private func append(_ event: GenerationEvent, to buffer: inout [UInt8]) {
        if !event.text.isEmpty { answer.encoder.appendText(event.text, choice: event.choice, to: &buffer) }
        if let finish = event.finish {
            answer.encoder.appendFinish(
                FinishReason(finish.reason), stopReason: finish.matchedStop, choice: event.choice, to: &buffer)
        }
    }
}
