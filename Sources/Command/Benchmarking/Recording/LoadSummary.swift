package import Reports

/// What one load on one endpoint amounted to. Times are in seconds; latencies of an open loop count from the planned
/// arrival. Only answered requests are in latencies and rates.
package struct LoadSummary: Sendable, Codable, Equatable {
    package var sent: Int
    package var answered: Int
    package var failed: Int
    /// Under way when the measurement was ended.
    package var cancelled: Int
    package var failures: [FailureReport]
    /// From the start to the end of the last answer.
    package var seconds: Double
    package var requestsPerSecond: Double
    package var outputTokensPerSecond: Double
    /// Prompts included, by the server's count.
    package var totalTokensPerSecond: Double
    package var outputTokens: Int
    package var eventsWithText: Int
    /// Answers of fewer tokens than asked for.
    package var shortAnswers: Int
    /// The mean that was asked for.
    package var promptTokensWanted: Double
    package var promptTokens: TokenTally?
    package var firstToken: LatencySummary?
    /// Between one event with text and the next.
    package var betweenTokens: LatencySummary?
    /// Of each answer: from its first to its last token, over the tokens between.
    package var perToken: LatencySummary?
    package var whole: LatencySummary?
    /// How much later than planned requests were sent, in an open loop.
    package var lateness: LatencySummary?
    /// Processor time of the load generator over wall time; 1 is one core.
    package var generatorProcessorShare: Double
    package var endedEarly: Bool
    /// Arrival over time to the first token, for a plot.
    package var points: [Plot.Point]

    /// The share of requests that failed, of those that ended by themselves.
    package var failedShare: Double {
        answered + failed == 0 ? 0 : Double(failed) / Double(answered + failed)
    }
}

/// How often one kind of failure came, and what was said the first time.
package struct FailureReport: Sendable, Codable, Equatable {
    package var kind: String
    package var count: Int
    package var example: String
}
