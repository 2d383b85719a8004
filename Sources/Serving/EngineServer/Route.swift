import HTTPTypes

/// What a path asks for.
enum Route: Equatable {
    case health
    case models
    case model(String)
    case chatCompletions
    case completions
    case tokenize
    case detokenize
    case metrics
    case version

    /// nil for paths that the server does not know. A query is not looked at.
    init?(path: String) {
        let path = path.prefix { $0 != "?" }
        switch path {
        case "/healthz", "/health": self = .health
        case "/v1/models": self = .models
        case "/v1/chat/completions": self = .chatCompletions
        case "/v1/completions": self = .completions
        case "/tokenize": self = .tokenize
        case "/detokenize": self = .detokenize
        case "/metrics": self = .metrics
        case "/version": self = .version
        default:
            let prefix = "/v1/models/"
            guard path.hasPrefix(prefix), path.count > prefix.count else { return nil }
            self = .model(Self.removingPercentEncoding(path.dropFirst(prefix.count)))
        }
    }

    var method: HTTPRequest.Method {
        switch self {
        case .health, .models, .model, .metrics, .version: .get
        case .chatCompletions, .completions, .tokenize, .detokenize: .post
        }
    }

    /// Routes that programs poll are not worth a line in the log.
    var isPolled: Bool { self == .health || self == .metrics }

    private static func removingPercentEncoding(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(Substring(digits)), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
