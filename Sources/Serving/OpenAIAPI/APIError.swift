/// What a caller is told when a request fails: OpenAI's error, with a code of a closed list.
///
/// The code alone decides the HTTP status and the type, so that the same mistake always looks the same.
package struct APIError: Error, Sendable, Equatable {
    /// Stable names of what can go wrong; clients and dashboards may rely on them.
    package enum Code: String, Sendable, CaseIterable {
        case invalidJSON = "invalid_json"
        case invalidValue = "invalid_value"
        case missingParameter = "missing_required_parameter"
        case unsupportedParameter = "unsupported_parameter"
        case contextLengthExceeded = "context_length_exceeded"
        case chatNotSupported = "chat_not_supported"
        case invalidURL = "invalid_url"
        case modelNotFound = "model_not_found"
        case unknownURL = "unknown_url"
        case methodNotAllowed = "method_not_allowed"
        case requestTooLarge = "request_too_large"
        case requestTimeout = "request_timeout"
        case queueFull = "queue_full"
        case cancelled
        case internalError = "internal_error"
        case draining
        case missingKey = "missing_api_key"
        case invalidKey = "invalid_api_key"
        case missingScope = "missing_scope"
        case originNotAllowed = "origin_not_allowed"
        case headersTooLarge = "headers_too_large"
        case malformedRequest = "malformed_request"
        case rateLimited = "rate_limit_exceeded"
        case tooManyStreams = "too_many_streams"
        case coldStartTimeout = "cold_start_timeout"
        case startFailed = "start_failed"
        case noRoom = "no_room"
        case instanceLost = "instance_lost"
        case serviceStopped = "service_stopped"
    }

    package var code: Code
    /// Names the mistake and the way out.
    package var message: String
    /// The request's field at fault, as in `messages[0].content`.
    package var param: String?
    /// How long a caller should wait before it tries again, in seconds.
    package var retryAfter: Int?

    package init(_ code: Code, _ message: String, param: String? = nil, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.param = param
        self.retryAfter = retryAfter
    }

    package var status: Int { code.status }
    package var type: String { code.type }
}

extension APIError.Code {
    package var status: Int {
        switch self {
        case .invalidJSON, .invalidValue, .missingParameter, .unsupportedParameter, .contextLengthExceeded,
            .chatNotSupported, .invalidURL, .malformedRequest:
            400
        case .missingKey, .invalidKey: 401
        case .missingScope, .originNotAllowed: 403
        case .modelNotFound, .unknownURL: 404
        case .methodNotAllowed: 405
        case .requestTimeout: 408
        case .requestTooLarge: 413
        case .queueFull, .rateLimited, .tooManyStreams: 429
        case .headersTooLarge: 431
        case .internalError: 500
        case .instanceLost: 502
        case .cancelled, .draining, .coldStartTimeout, .startFailed, .noRoom, .serviceStopped: 503
        }
    }

    package var type: String {
        switch status {
        case 401: "authentication_error"
        case 403: "permission_error"
        case 429: "rate_limit_error"
        case 500, 502: "server_error"
        case 503: "service_unavailable_error"
        default: "invalid_request_error"
        }
    }
}

extension APIError {
    /// The envelope `{"error":{…}}`; the request id goes into the message, where people who report a problem copy it.
    package func body(requestID: String) -> [UInt8] {
        var json: [UInt8] = []
        json.append(literal: #"{"error":{"message":"#)
        json.append(jsonString: "\(message) (request id: \(requestID))")
        json.append(literal: #","type":"#)
        json.append(jsonString: type)
        json.append(literal: #","param":"#)
        if let param { json.append(jsonString: param) } else { json.append(literal: "null") }
        json.append(literal: #","code":"#)
        json.append(jsonString: code.rawValue)
        json.append(literal: "}}")
        return json
    }

    static func invalid(_ param: String, _ rule: String) -> APIError {
        APIError(.invalidValue, "'\(param)' \(rule).", param: param)
    }

    static func missing(_ param: String, _ explanation: String) -> APIError {
        APIError(.missingParameter, "'\(param)' is missing: \(explanation).", param: param)
    }
}
