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
        var blocks = StreamBlocks(answer)
        var buffer: [UInt8] = []
        blocks.appendStart(to: &buffer)
        do {
            // The start goes with the first events: its text, sent ahead, would pass for the model's first.
            while let events = try await answer.generation.next() {
                blocks.append(events, to: &buffer)
                if !buffer.isEmpty { try await body.write(ByteBuffer(bytes: buffer)) }
                buffer.removeAll(keepingCapacity: true)
            }
            try blocks.appendEnd(to: &buffer)
        } catch let error as APIError {
            // No [DONE]: the answer is not complete, and clients that ignore the error must not take it for one.
            buffer.removeAll(keepingCapacity: true)
            StreamEncoder.appendError(error, requestID: requestID, to: &buffer)
        }
        try await body.write(ByteBuffer(bytes: buffer))
        try await body.finish(nil)
    }
}
