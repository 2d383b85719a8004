package import AsyncHTTPClient
import Foundation
import NIOCore

/// Talks to an OpenAI-compatible server, over TCP or a Unix socket.
package struct ChatClient: Sendable {
    private let http: HTTPClient
    private let baseURL: String
    private let model: String

    /// - Parameter baseURL: without `/v1`; `http+unix://%2Fpath%2Fof.sock` for a Unix socket.
    package init(http: HTTPClient, baseURL: String, model: String) {
        self.http = http
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.model = model
    }

    /// The address of a server on a Unix socket: the path is the host, percent-encoded.
    package static func baseURL(socketPath: String) -> String {
        let allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        return "http+unix://" + (socketPath.addingPercentEncoding(withAllowedCharacters: allowed) ?? socketPath)
    }

    /// Whether the server says that it can serve.
    package func isHealthy() async -> Bool {
        let response = try? await http.execute(HTTPClientRequest(url: baseURL + "/healthz"), timeout: .seconds(2))
        return response?.status == .ok
    }

    /// The first model that the server lists.
    package func firstModel() async throws -> String? {
        let response = try await http.execute(HTTPClientRequest(url: baseURL + "/v1/models"), timeout: .seconds(30))
        let body = Data(try await response.body.collect(upTo: Limits.errorBodyBytes).readableBytesView)
        guard response.status == .ok else {
            throw TerminalError(
                .requestRefused, "The server refused (\(response.status.code)): \(APIErrorBody.message(in: body))")
        }
        return try JSONDecoder().decode(ModelListBody.self, from: body).data.first?.id
    }

    /// Streams the answer to a conversation, piece by piece. Cancelling the task closes the connection, which ends the
    /// generation in the engine; what was generated until then is reported as an answer.
    package func answer(
        to conversation: Conversation, emit: @Sendable (String) -> Void
    ) async throws(TerminalError) -> ChatMachine.Statistics {
        var watch = Stopwatch()
        do {
            try await stream(conversation) { chunk in
                if let text = chunk.choices?.first?.delta.content, !text.isEmpty {
                    watch.token()
                    emit(text)
                }
                if let usage = chunk.usage { watch.tokens = usage.completionTokens }
            }
        } catch let error as TerminalError {
            throw error
        } catch {
            if !Task.isCancelled { throw TerminalError(.connectionLost, "The answer broke off: \(error)") }
        }
        return watch.statistics
    }

    private func stream(_ conversation: Conversation, take: (ChatChunk) -> Void) async throws {
        var request = HTTPClientRequest(url: baseURL + "/v1/chat/completions")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let key = ProcessInfo.processInfo.environment["OPENAI_API_KEY"] {
            request.headers.add(name: "Authorization", value: "Bearer \(key)")
        }
        request.body = .bytes(
            ByteBuffer(bytes: try JSONEncoder().encode(ChatRequestBody(model: model, conversation: conversation))))
        // An answer takes as long as it takes; a deadline would cut it.
        let response = try await http.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            let body = Data(try await response.body.collect(upTo: Limits.errorBodyBytes).readableBytesView)
            throw TerminalError(
                .requestRefused, "The server refused (\(response.status.code)): \(APIErrorBody.message(in: body))")
        }
        var events = EventStreamParser()
        for try await buffer in response.body {
            for event in try events.append(buffer.readableBytesView) {
                if event == "[DONE]" { return }
                let chunk = try JSONDecoder().decode(ChatChunk.self, from: Data(event.utf8))
                if let error = chunk.error {
                    throw TerminalError(.requestRefused, "The server gave up: \(error.message)")
                }
                take(chunk)
            }
        }
        throw TerminalError(.connectionLost, "The server closed the connection before the answer was complete.")
    }
}

/// Times an answer. Counts pieces of text until the server says how many tokens they were.
private struct Stopwatch {
    var tokens = 0
    private let start = ContinuousClock.now
    private var first: ContinuousClock.Instant?
    private var last: ContinuousClock.Instant?

    mutating func token() {
        let now = ContinuousClock.now
        tokens += 1
        first = first ?? now
        last = now
    }

    var statistics: ChatMachine.Statistics {
        guard let first, let last else { return ChatMachine.Statistics(tokens: 0, seconds: 0, secondsToFirst: 0) }
        return ChatMachine.Statistics(
            tokens: tokens, seconds: (last - first) / .seconds(1), secondsToFirst: (first - start) / .seconds(1))
    }
}
