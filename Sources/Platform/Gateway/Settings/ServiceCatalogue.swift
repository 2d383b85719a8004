/// The services that can be called by name, as the runtime last said.
package struct ServiceCatalogue: Sendable {
    package let routes: [ServiceRoute]
    private let byName: [String: ServiceRoute]

    package init(_ routes: [ServiceRoute] = []) {
        self.routes = routes
        byName = Dictionary(routes.map { ($0.name, $0) }) { first, _ in first }
    }

    package func route(named name: String) -> ServiceRoute? { byName[name] }
}

/// One service as callers see it.
package struct ServiceRoute: Sendable, Equatable {
    /// What a request gets that does not say itself; nil: what the engine does then.
    package struct Defaults: Sendable, Equatable {
        package var maxTokens: Int?
        package var temperature: Double?
        package var topP: Double?

        package init(maxTokens: Int? = nil, temperature: Double? = nil, topP: Double? = nil) {
            self.maxTokens = maxTokens
            self.temperature = temperature
            self.topP = topP
        }
    }

    package var name: String
    /// Seconds since 1970, for the list of models.
    package var created: Int
    /// Tokens; 0: unknown.
    package var contextLength: Int
    package var defaults: Defaults
    /// Health checks and lists of models wake it, whoever asks.
    package var isWokenByChecks: Bool
    /// Callers share what was computed for their prompts, and could guess them by the time of an answer. Else each has
    /// a cache of its own.
    package var sharesPrefixCache: Bool

    package init(
        name: String, created: Int = 0, contextLength: Int = 0, defaults: Defaults = Defaults(),
        isWokenByChecks: Bool = false, sharesPrefixCache: Bool = false
    ) {
        self.name = name
        self.created = created
        self.contextLength = contextLength
        self.defaults = defaults
        self.isWokenByChecks = isWokenByChecks
        self.sharesPrefixCache = sharesPrefixCache
    }
}
