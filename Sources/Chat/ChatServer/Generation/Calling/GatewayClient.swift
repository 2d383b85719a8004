package import AsyncHTTPClient
import Foundation
import NIOCore

/// Calls models through the gateway's administration socket, in the name of an account.
package struct GatewayClient: CompletionClient, TranscriptionClient {
    private let http: HTTPClient
    private let base: String

    /// - Parameter socketPath: the gateway's administration socket.
    package init(http: HTTPClient, socketPath: String) {
        self.http = http
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        base = "http+unix://" + (socketPath.addingPercentEncoding(withAllowedCharacters: allowed) ?? socketPath)
    }

    /// What the client must be made with: as many streams as there are answers, and no redirects.
    package static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Limits.gatewayConnections
        configuration.timeout.connect = .seconds(5)
        configuration.httpVersion = .http1Only
        return configuration
    }

    package func stream(
        _ call: CompletionCall, take: @escaping @Sendable ([CompletionEvent]) async -> Void
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let body = try encoder.encode(CompletionBody(call: call))
        let response = try await post(
            "/v1/chat/completions", caller: call.caller, type: "application/json", body: ByteBuffer(bytes: body))
        var stream = CompletionStream()
        do {
            for try await buffer in response.body {
                let events = try stream.append(buffer.readableBytesView)
                if !events.isEmpty { await take(events) }
            }
        } catch let error as CompletionError {
            throw error
        } catch {
            try Task.checkCancellation()
            guard stream.isComplete else { throw Self.brokenOff }
        }
        try Task.checkCancellation()
        guard stream.isComplete else { throw Self.brokenOff }
    }

    package func transcribe(_ body: [UInt8], contentType: String, caller: String) async throws -> String {
        let response = try await post(
            "/v1/audio/transcriptions", caller: caller, type: contentType, body: ByteBuffer(bytes: body))
        struct Answer: Decodable { var text: String }
        let data = Data(try await response.body.collect(upTo: Limits.transcriptBytes).readableBytesView)
        guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
            throw CompletionError(
                status: 0, code: "engine_error", message: "The voice service's answer has no text.")
        }
        return answer.text
    }

    /// Posts, and throws what is no success.
    private func post(
        _ path: String, caller: String, type: String, body: ByteBuffer
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: type)
        request.headers.add(name: "x-pronk-caller", value: caller)
        request.body = .bytes(body)
        let response: HTTPClientResponse
        do {
            // An answer takes as long as it takes: a deadline would cut it.
            response = try await http.execute(request, deadline: .distantFuture)
        } catch {
            try Task.checkCancellation()
            throw CompletionError(
                status: 0, code: CompletionError.unreachableCode, message: "The gateway does not answer: \(error)")
        }
        guard response.status == .ok else {
            let body = try? await response.body.collect(upTo: Limits.refusalBytes)
            throw CompletionRefusal.error(
                in: Data((body ?? ByteBuffer()).readableBytesView), status: Int(response.status.code))
        }
        return response
    }

    private static let brokenOff = CompletionError(
        status: 0, code: CompletionError.brokenOffCode,
        message: "The connection to the engine broke in the middle of the answer. Continue it to go on.")
}
