import Engine
import Observability
import OpenAIAPI
import Tokenization

/// What the server answers, route by route; it knows the engine, but no HTTP beyond requests and answers.
///
/// Facets: `Endpoints+Generation`, `Endpoints+Chat`, `Endpoints+Completions`, `Endpoints+Tokens`.
struct Endpoints: Sendable {
    let generator: any TextGenerator
    let model: ModelDescription
    let inFlight: InFlightRequests
    let metrics: EngineMetrics
    let version: String
    /// Seconds since 1970 at which the model was loaded.
    let loaded: Int

    init(generator: any TextGenerator, modelName: String, inFlight: InFlightRequests, version: String, loaded: Int) {
        self.generator = generator
        self.inFlight = inFlight
        self.version = version
        self.loaded = loaded
        var model = generator.model
        model.name = modelName
        self.model = model
        metrics = EngineMetrics(contextLength: model.contextLength)
    }

    func answer(_ route: Route, _ call: Call) async throws -> Answer {
        switch route {
        case .health: try health()
        case .models: try .json(ModelList([card]))
        case .model(let name): try describeModel(name)
        case .chatCompletions: try await chatCompletions(call)
        case .completions: try await completions(call)
        case .tokenize: try tokenize(call)
        case .detokenize: try detokenize(call)
        case .metrics:
            .complete(
                .ok, contentType: PrometheusText.contentType,
                body: Array(metrics.page(model: model.name, engine: generator.statistics()).utf8))
        case .version: try .json(["version": version])
        }
    }

    private func health() throws -> Answer {
        guard !inFlight.isDraining else { throw APIError.serverDraining }
        return try .json(["status": "ok"])
    }

    private func describeModel(_ name: String) throws -> Answer {
        try check(model: name)
        return try .json(card)
    }

    private var card: ModelCard { ModelCard(id: model.name, created: loaded, maxModelLength: model.contextLength) }

    /// Requests that name no model mean the only one that there is.
    func check(model name: String?) throws(APIError) {
        guard let name, name != model.name else { return }
        let quoted = name.prefix(100)
        throw APIError(
            .modelNotFound, "The model '\(quoted)' does not exist here: this server has '\(model.name)'.",
            param: "model")
    }
}
