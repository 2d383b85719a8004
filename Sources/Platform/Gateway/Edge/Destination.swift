import Identity
import NIOHTTP1
import OpenAIAPI

/// What a path asks for.
enum Destination: Equatable {
    case call(CallKind)
    case models
    case model(String)
    case health
    case metrics
    /// Everything else: pages and their API. The site itself looks who may ask what.
    case site

    init(path: String) {
        switch path {
        case "/v1/chat/completions", "/v1/completions": self = .call(.generation)
        case "/v1/embeddings", "/v1/rerank", "/v1/score", "/tokenize", "/detokenize": self = .call(.other)
        case "/v1/audio/transcriptions", "/v1/audio/translations": self = .call(.form)
        case "/v1/models": self = .models
        case "/healthz": self = .health
        case "/metrics": self = .metrics
        case _ where path.hasPrefix("/v1/models/"): self = .model(String(path.dropFirst("/v1/models/".count)))
        default: self = .site
        }
    }

    /// nil: any method.
    var methods: [HTTPMethod]? {
        switch self {
        case .call: [.POST]
        case .models, .model, .health, .metrics: [.GET, .HEAD]
        case .site: nil
        }
    }

    /// What a caller must be allowed; nil: nothing.
    func scope(_ options: GatewayOptions) -> Scope? {
        switch self {
        case .call, .models, .model: .chat
        case .metrics: options.opensMetrics ? nil : .admin
        case .health, .site: nil
        }
    }

    /// Programs poll these: no line in the log, no rate limit.
    var isPolled: Bool { self == .health || self == .metrics }
}

/// What a call of a model is like.
enum CallKind: Equatable {
    /// It has choices, a seed, limits and perhaps a stream.
    case generation
    /// Another one with a body of JSON.
    case other
    /// Its body is a form with a file; the model's name is a field of it.
    case form
}
