import Control
import NIOHTTP1
import OpenAIAPI

/// The one place where failures become what a caller sees.
extension APIError {
    init(_ failure: RequestFailure) {
        let code: Code =
            switch failure.code {
            case .unknownService: .modelNotFound
            case .queueFull: .queueFull
            case .coldStartTimeout: .coldStartTimeout
            case .startFailed: .startFailed
            case .noRoom: .noRoom
            case .instanceLost: .instanceLost
            case .shuttingDown: .draining
            case .stopped: .serviceStopped
            }
        let isTemporary = failure.code != .unknownService && failure.code != .instanceLost
        let seconds = failure.retryAfter.map { max(1, Int($0.components.seconds)) }
        self.init(
            code, failure.message, param: failure.code == .unknownService ? "model" : nil,
            retryAfter: seconds ?? (isTemporary ? 1 : nil))
    }

    /// What a parser found wrong with a request.
    init(malformed error: any Error) {
        if let error = error as? HTTPParserError, error == .headerOverflow {
            self.init(.headersTooLarge, "The request's headers are too large: send fewer or shorter ones.")
        } else {
            self.init(.malformedRequest, "The request is not valid HTTP: \(error). Check what sends it.")
        }
    }

    static func tooLarge(_ limit: Int) -> APIError {
        APIError(
            .requestTooLarge, "The request's body has more than \(limit) bytes, the most there may be: shorten it.")
    }

    static func unknownModel(_ name: String, _ catalogue: ServiceCatalogue) -> APIError {
        let known = catalogue.routes.prefix(20).map { "'\($0.name)'" }.joined(separator: ", ")
        return APIError(
            .modelNotFound,
            "There is no model '\(name.prefix(100))'."
                + (known.isEmpty ? " None is configured." : " Use one of \(known)."),
            param: "model")
    }

    static let missingModel = APIError(
        .missingParameter, "'model' is missing: name one of those that GET /v1/models lists.", param: "model")

    static let gatewayDraining = APIError(
        .draining, "This server is shutting down: send the request again in a moment.", retryAfter: 2)
}
