/// What the platform knows of the models that can be asked. Asking wakes nothing and takes no time.
package protocol ModelDirectory: Sendable {
    func models() -> [ModelState]
    /// Starts an instance if there is none. Returns false for a model that is not there.
    func wake(_ id: String) -> Bool
}

/// One model as pages see it.
package struct ModelState: Sendable, Equatable, Encodable {
    package enum State: String, Sendable, Encodable {
        case asleep, starting, ready, queued, failed, stopped
    }
    /// The service's name.
    package var id: String
    package var state: State
    /// 0 … 99, of its start.
    package var percent: Int?
    /// Seconds until it is ready.
    package var remaining: Int?
    /// Calls that wait for an instance.
    package var queued: Int
    package var instances: Int
    /// Tokens; nil: unknown.
    package var contextLength: Int?
    /// What its makers ask to be shown.
    package var license: String?
    package var defaultMaxTokens: Int?
    /// Why it cannot be started.
    package var failure: String?

    package init(
        id: String, state: State, percent: Int? = nil, remaining: Int? = nil, queued: Int = 0, instances: Int = 0,
        contextLength: Int? = nil, license: String? = nil, defaultMaxTokens: Int? = nil, failure: String? = nil
    ) {
        self.id = id
        self.state = state
        self.percent = percent
        self.remaining = remaining
        self.queued = queued
        self.instances = instances
        self.contextLength = contextLength
        self.license = license
        self.defaultMaxTokens = defaultMaxTokens
        self.failure = failure
    }
}
