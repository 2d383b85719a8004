internal import Glibc

/// A generated day of a team's chat: conversations of a few messages, most of them between nine and six with a dip at
/// lunch, some in the evening and at night.
package enum Workday {
    /// Times count from midnight's first request. The same seed gives the same day.
    package static func trace(requests count: Int = 5000, seed: UInt64) -> Trace {
        var randomness = Randomness(seed: seed)
        var requests: [TracedRequest] = []
        while requests.count < min(max(count, 1), Limits.tracedRequests) {
            var time = conversationStart(&randomness)
            // One to some ten messages; who got an answer reads and writes for about 45 s.
            repeat {
                requests.append(
                    TracedRequest(
                        arrival: time, promptTokens: tokens(median: 400, &randomness),
                        generatedTokens: tokens(median: 150, &randomness)))
                time += 5 + 40 * randomness.exponential()
            } while requests.count < count && time < day && randomness.uniform() < 0.7
        }
        return Trace.ordered(name: "workday", requests)
    }

    private static let day = 86_400.0

    private static func conversationStart(_ randomness: inout Randomness) -> Double {
        if randomness.uniform() < 0.06 { return day * randomness.uniform() }
        while true {
            let hour = 9 + 9 * randomness.uniform()
            let share = (12..<13.25).contains(hour) ? 0.4 : hour < 9.5 || hour > 17 ? 0.6 : 1
            if randomness.uniform() <= share { return hour * 3600 }
        }
    }

    private static func tokens(median: Double, _ randomness: inout Randomness) -> Int {
        Int(min(max(median * exp(randomness.normal()), 1), 8000))
    }
}
