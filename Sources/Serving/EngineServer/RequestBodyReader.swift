import HTTPTypes
import HummingbirdCore
import NIOCore
import OpenAIAPI

/// Reads a request's body up to the limit, and not a byte further than it must.
enum RequestBodyReader {
    static func read(_ request: Request, _ writer: borrowing ResponseWriter) async throws -> [UInt8] {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > Limits.bodyBytes { throw tooLarge }
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        var body: [UInt8] = []
        body.reserveCapacity(announced ?? 0)
        for try await part in request.body {
            guard body.count + part.readableBytes <= Limits.bodyBytes else { throw tooLarge }
            body.append(contentsOf: part.readableBytesView)
        }
        // The layer below ends the body without an error when the connection ends.
        if let announced, body.count < announced { throw APIError.requestCancelled }
        return body
    }

    private static var tooLarge: APIError {
        APIError(
            .requestTooLarge,
            "The request body is larger than \(Limits.bodyBytes) bytes, which no context holds: send a shorter prompt.")
    }
}
