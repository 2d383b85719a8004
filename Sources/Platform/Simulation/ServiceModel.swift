internal import Glibc

/// How fast a service's instances start and work in the simulation.
///
/// An instance is one engine that its requests share: reading prompts takes all of it that decoding leaves, a sequence
/// decodes at `decodeRate` at most, and when there is not enough for all, each request gets the same share.
package struct ServiceModel: Sendable, Equatable {
    /// Prompt tokens a second that an instance reads when it does nothing else.
    package var prefillRate = 3000.0
    /// Tokens a second of one sequence.
    package var decodeRate = 40.0
    /// Tokens a second of all sequences of an instance.
    package var decodeCeiling = 800.0
    /// Requests that an instance takes at a time; more wait in the activator.
    package var concurrency = 12
    /// The median time from being asked to start to being ready, in seconds.
    package var timeToReady = 5.0
    /// The deviation of its logarithm.
    package var timeToReadySpread = 0.2

    package init() {}

    /// The seconds of the start that is asked for after `arrivals` arrivals, as the `ordinal`-th since the last.
    /// Policies that start at the same point of a trace get the same figure, so that no policy is lucky.
    func startSeconds(seed: UInt64, arrivals: Int, ordinal: Int) -> Double {
        var randomness = Randomness(seed: seed, arrivals, ordinal)
        return min(timeToReady * exp(timeToReadySpread * randomness.normal()), Limits.longestStart)
    }

    /// Seconds that `request` takes on an instance of its own.
    func soloSeconds(_ request: TracedRequest) -> Double {
        Double(request.promptTokens) / prefillRate + Double(request.generatedTokens) / min(decodeRate, decodeCeiling)
    }

    /// Seconds of a whole instance that `request` uses up.
    func engineSeconds(_ request: TracedRequest) -> Double {
        Double(request.promptTokens) / prefillRate + Double(request.generatedTokens) / decodeCeiling
    }
}
