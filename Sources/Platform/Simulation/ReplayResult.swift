/// What a replay cost and how long its requests waited. Times are in seconds.
package struct ReplayResult: Sendable, Codable, Equatable {
    package var policy: String
    package var requests: Int
    /// Requests that were refused because the activator's queue was full.
    package var refused = 0
    /// Instances started, whatever for.
    package var starts = 0
    /// Starts from zero: no instance was there, so that the request that caused it waits for the whole start.
    package var coldStarts = 0
    /// Requests that were still waiting when an instance that had been asked for before became ready.
    package var requestsThatWaitedForAStart = 0
    /// From the arrival to the hand-over to an instance.
    package var waitP50 = 0.0
    package var waitP99 = 0.0
    package var waitMean = 0.0
    /// From the arrival to the first token.
    package var firstTokenP99 = 0.0
    /// From the arrival to the end, over what the request would take alone.
    package var slowdownMean = 0.0
    /// Instances times hours from being asked to start until they ended, draining included.
    package var instanceHours = 0.0
    /// The most instances at a time that were starting or ready.
    package var mostInstances = 0
    /// Instances started within a minute after one had been let go.
    package var flaps = 0
    /// What the instance hours cost, where a price is known.
    package var cost: Double?

    init(policy: String, requests: Int) {
        self.policy = policy
        self.requests = requests
    }
}

/// Order statistics of a list of numbers.
enum Statistics {
    /// The nearest rank; 0 of an empty list.
    static func percentile(_ share: Double, of values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return sorted[min(max(rank, 0), sorted.count - 1)]
    }

    static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
