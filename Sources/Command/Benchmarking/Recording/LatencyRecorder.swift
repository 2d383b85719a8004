import Histogram

/// Latencies in an HdrHistogram of microseconds with three digits; the mean and the largest are kept exactly.
package struct LatencyRecorder: Sendable {
    private var histogram = Histogram<UInt32>(
        lowestDiscernibleValue: 1, highestTrackableValue: Limits.latencyMicroseconds,
        numberOfSignificantValueDigits: .three)
    private var sum = 0.0
    private var largest = 0.0
    private var count = 0

    package init() {}

    package mutating func record(seconds: Double) {
        let seconds = max(0, seconds)
        let microseconds = min(UInt64((seconds * 1e6).rounded()), Limits.latencyMicroseconds)
        _ = histogram.record(max(1, microseconds))
        sum += seconds
        largest = max(largest, seconds)
        count += 1
    }

    /// Nil if nothing was recorded.
    package var summary: LatencySummary? {
        guard count > 0 else { return nil }
        func at(_ percentile: Double) -> Double {
            min(Double(histogram.valueAtPercentile(percentile)) * 1e-6, largest)
        }
        return LatencySummary(
            count: count, mean: sum / Double(count), p50: at(50), p90: at(90), p99: at(99), max: largest,
            curve: Self.curve.map { at($0) })
    }

    /// Percentiles that a plot shows, closer to each other where the tail is.
    package static let curve: [Double] = [
        0, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5, 99.9, 100,
    ]
}

/// How long something took, in seconds.
package struct LatencySummary: Sendable, Codable, Equatable {
    package var count: Int
    package var mean: Double
    package var p50: Double
    package var p90: Double
    package var p99: Double
    package var max: Double
    /// Values at `LatencyRecorder.curve`.
    package var curve: [Double]
}
