import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import Observability
import OpenAIAPI

/// Reads a request, has it answered, and writes the answer: all of HTTP is here.
struct Responder: Sendable {
    let endpoints: Endpoints
    let logger: Logger

    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let arrival = ContinuousClock.now
        let requestID = RequestID.of(request.head)
        let client = Client(channel: channel)
        let answer: Answer
        do {
            answer = try await self.answer(request, requestID, arrival, client, writer)
        } catch {
            try await write(error, to: request, requestID, client, writer)
            return
        }
        switch answer {
        case .complete(let status, let contentType, let body):
            try await write(status, contentType, body, requestID, isHead: request.method == .head, writer)
        case .stream(let answer):
            try await StreamWriter(answer: answer, requestID: requestID).write(to: writer)
        }
        let isPolled = Route(path: request.uri.string)?.isPolled ?? false
        logger.log(
            level: isPolled ? .debug : .info, "answered",
            metadata: [
                LogKey.requestID: "\(requestID)", LogKey.method: "\(request.method)",
                LogKey.path: "\(request.uri.path)",
                LogKey.milliseconds: "\(Int((ContinuousClock.now - arrival).seconds * 1000))",
            ])
    }

    private func answer(
        _ request: Request, _ requestID: String, _ arrival: ContinuousClock.Instant, _ client: Client,
        _ writer: borrowing ResponseWriter
    ) async throws -> Answer {
        guard let route = Route(path: request.uri.string) else {
            throw APIError(
                .unknownURL,
                "There is no \(request.uri.path.prefix(100)) here: the API is under /v1, as OpenAI defines it.")
        }
        guard request.method == route.method || (request.method == .head && route.method == .get) else {
            throw APIError(
                .methodNotAllowed,
                "\(request.uri.path) answers to \(route.method.rawValue), not to \(request.method.rawValue).")
        }
        let body = route.method == .post ? try await RequestBodyReader.read(request, writer) : []
        return try await endpoints.answer(
            route, Call(requestID: requestID, arrival: arrival, client: client, body: body))
    }

    private func write(
        _ status: HTTPResponse.Status, _ contentType: String, _ body: [UInt8], _ requestID: String, isHead: Bool,
        _ writer: consuming ResponseWriter
    ) async throws {
        let fields: HTTPFields = [
            .contentType: contentType, .contentLength: String(body.count), .requestID: requestID,
        ]
        let head = HTTPResponse(status: status, headerFields: fields)
        if isHead {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
    }

    private func write(
        _ failure: any Error, to request: Request, _ requestID: String, _ client: Client,
        _ writer: consuming ResponseWriter
    ) async throws {
        let error = APIError(failure)
        log(failure, as: error, request, requestID)
        let body = error.body(requestID: requestID)
        var fields: HTTPFields = [
            .contentType: "application/json", .contentLength: String(body.count), .requestID: requestID,
        ]
        if let retryAfter = error.retryAfter { fields[.retryAfter] = String(retryAfter) }
        if error.code == .methodNotAllowed, let route = Route(path: request.uri.string) {
            fields[.allow] = route.method.rawValue
        }
        if error.code == .requestTooLarge { fields[.connection] = "close" }
        let head = HTTPResponse(status: HTTPResponse.Status(code: error.status), headerFields: fields)
        if request.method == .head {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
        if error.code == .requestTooLarge { client.closeAfterLingering() }
    }

    private func log(_ failure: any Error, as error: APIError, _ request: Request, _ requestID: String) {
        var metadata: Logger.Metadata = [
            LogKey.requestID: "\(requestID)", LogKey.method: "\(request.method)", LogKey.path: "\(request.uri.path)",
            LogKey.status: "\(error.status)", LogKey.code: "\(error.code.rawValue)",
        ]
        if error.code == .internalError { metadata[LogKey.error] = "\(failure)" }
        logger.log(level: error.status == 500 ? .error : .info, "refused", metadata: metadata)
    }
}
