import Identity
import NIOHTTP1
import OpenAIAPI

/// What a path asks for.
enum Destination: Equatable {
    /// A call of a model; `generates`: it has choices, a seed, limits and perhaps a stream.
    case call(generates: Bool)
    case models
    case model(String)
    case health
    case metrics
    /// The platform's own API.
    case administration
    /// Everything else.
    case site

    init(path: String) {
        switch path {
        case "/v1/chat/completions", "/v1/completions": self = .call(generates: true)
        case "/v1/embeddings", "/v1/rerank", "/v1/score", "/tokenize", "/detokenize": self = .call(generates: false)
        case "/v1/models": self = .models
        case "/healthz": self = .health
        case "/metrics": self = .metrics
        case "/api": self = .administration
        case _ where path.hasPrefix("/api/"): self = .administration
        case _ where path.hasPrefix("/v1/models/"): self = .model(String(path.dropFirst("/v1/models/".count)))
        default: self = .site
        }
    }

    /// nil: any method.
    var methods: [HTTPMethod]? {
        switch self {
        case .call: [.POST]
        case .models, .model, .health, .metrics: [.GET, .HEAD]
        case .administration, .site: nil
        }
    }

    /// What a caller must be allowed; nil: nothing.
    func scope(_ options: GatewayOptions) -> Scope? {
        switch self {
        case .call, .models, .model: .chat
        case .metrics: options.opensMetrics ? nil : .admin
        case .administration: .admin
        case .health, .site: nil
        }
    }

    /// Programs poll these: no line in the log, no rate limit.
    var isPolled: Bool { self == .health || self == .metrics }
}
