package import Simulation

/// When requests come.
package enum Arrivals: Sendable, Equatable {
    /// A closed loop: each of so many clients asks again as soon as it has its answer.
    case clients(Int)
    /// An open loop: so many requests a second on average, as a Poisson process, whether or not answers keep up.
    case rate(Double)
    /// An open loop at the times of a trace.
    case trace(Trace)

    /// Whether requests wait for answers. In an open loop latencies count from the planned arrival, so that a stall of
    /// the server shows in every request that it delayed (no coordinated omission).
    package var isClosed: Bool {
        if case .clients = self { return true }
        return false
    }
}

/// One request as it is planned, before anybody sends it.
package struct PlannedRequest: Sendable, Equatable {
    package var number: Int
    /// Seconds after the load's start; nil in a closed loop.
    package var arrival: Double?
    package var promptTokens: Int
    package var outputTokens: Int
}

/// Hands out a load's requests one by one. A function of the settings and the seed alone: what is drawn for one request
/// never shifts another's.
package struct LoadPlan: Sendable {
    private let settings: LoadSettings
    private let requestCount: Int
    private var next = 0
    private var time = 0.0

    package init(_ settings: LoadSettings) {
        self.settings = settings
        var count = settings.requests ?? Limits.requests
        if case .trace(let trace) = settings.arrivals { count = min(count, trace.requests.count) }
        requestCount = count
    }

    /// Requests that will come, if nothing ends the load before; nil if only time bounds them.
    package var expectedCount: Int? {
        if settings.requests == nil, case .trace = settings.arrivals { return requestCount }
        return settings.requests.map { min($0, requestCount) }
    }

    /// The next request; nil when all were handed out. `now` is seconds after the load's start.
    package mutating func request(now: Double) -> PlannedRequest? {
        guard next < requestCount else { return nil }
        var arrival: Double?
        var randomness = Randomness(seed: settings.seed, 1, next)
        switch settings.arrivals {
        case .clients: break
        case .rate(let rate):
            time += randomness.exponential() / rate
            arrival = time
        case .trace(let trace): arrival = trace.requests[next].arrival
        }
        if let duration = settings.duration, arrival ?? now >= duration { return nil }
        defer { next += 1 }
        return PlannedRequest(
            number: next, arrival: arrival, promptTokens: promptTokens(&randomness),
            outputTokens: outputTokens(&randomness))
    }

    private func promptTokens(_ randomness: inout Randomness) -> Int {
        guard case .trace(let trace) = settings.arrivals else { return settings.prompt.draw(&randomness) }
        return min(max(trace.requests[next].promptTokens, 1), settings.longestPrompt)
    }

    private func outputTokens(_ randomness: inout Randomness) -> Int {
        guard case .trace(let trace) = settings.arrivals else { return settings.output.draw(&randomness) }
        return min(max(trace.requests[next].generatedTokens, 1), settings.longestOutput)
    }
}
