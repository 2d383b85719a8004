import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends requests to one endpoint over kept connections, on a single event loop.
package final class EndpointClient: Sendable {
    package let endpoint: Endpoint
    private let http: HTTPClient

    /// - Parameter connections: how many requests may be under way.
    package init(_ endpoint: Endpoint, connections: Int) {
        self.endpoint = endpoint
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(Limits.connectSeconds)
        configuration.connectionPool.idleTimeout = .seconds(Limits.idleConnectionSeconds)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(8, connections)
        // A refused connection is a result, not something to be tried again behind the clock's back.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroup: Self.group, configuration: configuration)
    }

    /// One thread for all clients: the measured engine needs the others.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    package func shutdown() async { try? await http.shutdown() }

    /// Sends one request and waits for the whole answer, which a cancelled task cuts short.
    func exchange(
        _ request: PlannedRequest, body: Data, api: LoadSettings.API, planned: UInt64?, timeout: Double
    ) async -> Exchange {
        let sent = MonotonicClock.now()
        let delegate = AnswerDelegate()
        func exchange(_ outcome: Outcome) -> Exchange {
            let answer = delegate.current
            return Exchange(
                request: request, planned: planned ?? sent, sent: sent, ended: answer.ended ?? MonotonicClock.now(),
                outcome: outcome, reader: answer.reader)
        }
        do {
            let task = http.execute(
                request: try makeRequest(path: api.path, body: body), delegate: delegate,
                deadline: .now() + .nanoseconds(Int64(timeout * 1e9)))
            try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            // What was complete before the connection broke was an answer.
            if delegate.current.reader.isDone { return exchange(Self.judge(delegate.current)) }
            let hasBegun = delegate.current.status != 0
            return exchange(
                Task.isCancelled
                    ? .cancelled : .failed(Self.failure(error, timeout: timeout, hasBegun: hasBegun)))
        }
        return exchange(Self.judge(delegate.current))
    }

    private func makeRequest(path: String, body: Data?) throws -> HTTPClient.Request {
        var request = try HTTPClient.Request(url: endpoint.baseURL + path, method: body == nil ? .GET : .POST)
        if let key = endpoint.key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .data(body)
        }
        return request
    }

    /// A GET's status and body.
    func get(_ path: String) async throws(Failure) -> (status: Int, body: Data) {
        do {
            let response = try await http.execute(
                request: try makeRequest(path: path, body: nil), deadline: .now() + .seconds(60)
            ).get()
            return (Int(response.status.code), Data((response.body ?? ByteBuffer()).readableBytesView))
        } catch {
            throw Self.failure(error, timeout: 60, hasBegun: false)
        }
    }

    /// What a complete response was worth.
    private static func judge(_ answer: AnswerDelegate.Answer) -> Outcome {
        guard answer.status == 200 else {
            return .failed(Failure(.status(answer.status), message(in: Data(answer.body), status: answer.status)))
        }
        if answer.isUnreadable { return .failed(Failure(.unreadable, "The answer is no stream of events.")) }
        if let message = answer.reader.errorMessage { return .failed(Failure(.errorEvent, message)) }
        guard answer.reader.isDone else {
            return .failed(
                answer.reader.pieces == 0
                    ? Failure(.unreadable, "The answer is no stream of events.")
                    : Failure(.connectionLost, "The answer ended without [DONE]."))
        }
        return answer.reader.pieces == 0
            ? .failed(Failure(.empty, "The answer holds no text.")) : .answered
    }

    /// - Parameter hasBegun: whether there was a response already: then there was a connection, which was lost.
    private static func failure(_ error: any Error, timeout: Double, hasBegun: Bool) -> Failure {
        switch error as? HTTPClientError {
        case .deadlineExceeded, .readTimeout: Failure(.timeout, "No complete answer within \(timeout) s.")
        case .connectTimeout: Failure(.unreachable, "No connection within \(Limits.connectSeconds) s.")
        case .remoteConnectionClosed, .cancelled: Failure(.connectionLost, "The server closed the connection.")
        case .some, nil:
            if let fault = error as? HTTPParserError, fault != .invalidEOFState {
                Failure(.unreadable, "The answer is no HTTP: \(fault)")
            } else if hasBegun || error is HTTPParserError
                || (error as? IOError).map({ [ECONNRESET, EPIPE].contains($0.errnoCode) }) ?? false
            {
                Failure(.connectionLost, "The connection was lost: \(error)")
            } else {
                Failure(.unreachable, "\(error)")
            }
        }
    }

    /// OpenAI's message, or the beginning of whatever came instead.
    static func message(in body: Data, status: Int) -> String {
        struct Envelope: Decodable {
            struct Fault: Decodable { var message: String }
            var error: Fault
        }
        if let envelope = try? JSONDecoder().decode(Envelope.self, from: body) { return envelope.error.message }
        let text = String(decoding: body.prefix(Limits.messageCharacters), as: UTF8.self)
        return text.isEmpty ? "status \(status)" : text
    }
}
