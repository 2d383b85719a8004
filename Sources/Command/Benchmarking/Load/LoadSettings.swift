/// What load is put on an endpoint.
package struct LoadSettings: Sendable, Equatable {
    /// Which of OpenAI's two routes is asked.
    package enum API: String, Sendable, CaseIterable, Codable {
        case chat
        case completions

        var path: String { self == .chat ? "/v1/chat/completions" : "/v1/completions" }
    }

    package var arrivals: Arrivals
    package var api = API.chat
    package var prompt = TokenCount(100...100)
    package var output = TokenCount(64...64)
    /// A trace's prompts and answers are cut to these.
    package var longestPrompt = Limits.tokens
    package var longestOutput = Limits.tokens
    /// Tokens at the beginning that all prompts of the load share.
    package var sharedPrefix = 0
    /// Requests in all; nil: bounded by the duration or the trace.
    package var requests: Int?
    /// Seconds after which nothing new is sent; what runs is still waited for.
    package var duration: Double?
    /// Seconds that one request may take.
    package var timeout = 300.0
    /// Decides arrivals and lengths.
    package var seed: UInt64 = 1
    /// Decides the words of prompts. Another for each load, or an engine could answer from what it remembers.
    package var promptSeed: UInt64 = 1

    package init(arrivals: Arrivals) { self.arrivals = arrivals }

    /// Throws what is wrong, by the name of the option that sets it.
    package func validate() throws(BenchmarkError) {
        func require(_ condition: Bool, _ message: String) throws(BenchmarkError) {
            guard condition else { throw BenchmarkError(.invalidSetting, message) }
        }
        switch arrivals {
        case .clients(let count):
            try require(
                (1...Limits.clients).contains(count), "--clients is \(count); 1 to \(Limits.clients) can be.")
        case .rate(let rate):
            try require(
                rate > 0 && rate <= Limits.rate,
                "--rate is \(rate); it must lie above 0 and at or below \(Limits.rate).")
        case .trace(let trace): try require(!trace.requests.isEmpty, "the trace holds no request.")
        }
        try require(
            (1...Limits.requests).contains(requests ?? 1), "--requests must lie between 1 and \(Limits.requests).")
        try require(
            (duration ?? 1) > 0 && (duration ?? 1) <= Limits.seconds,
            "--duration must lie above 0 and at or below \(Int(Limits.seconds)) seconds.")
        try require(
            timeout > 0 && timeout <= Limits.seconds,
            "--timeout must lie above 0 and at or below \(Int(Limits.seconds)) seconds.")
        try require(
            sharedPrefix >= 0 && sharedPrefix < prompt.least,
            "--shared-prefix is \(sharedPrefix); it must be at least 0 and less than the shortest prompt "
                + "(\(prompt.least) tokens), or prompts would be equal.")
    }
}
