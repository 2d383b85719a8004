/// Counts of observations by size, for Prometheus.
package struct Histogram: Sendable, Equatable {
    /// Upper bounds, ascending; the bucket above the last is implied.
    package let bounds: [Double]
    /// Observations in each bucket alone; one more than there are bounds.
    private var counts: [Int]
    package private(set) var sum: Double

    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must ascend")
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
        sum = 0
    }

    /// A histogram that was counted elsewhere.
    ///
    /// - Parameter cumulativeCounts: for each bound, the observations at most as large, and then all of them.
    package init(bounds: [Double], cumulativeCounts: [Int], sum: Double) {
        self.init(bounds: bounds)
        precondition(cumulativeCounts.count == counts.count, "one count for each bound and one for infinity")
        counts = zip(cumulativeCounts, [0] + cumulativeCounts).map { $0 - $1 }
        self.sum = sum
    }

    package mutating func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    package var count: Int { counts.reduce(0, +) }

    /// For each bound, the observations at most as large.
    package var cumulativeCounts: [Int] {
        var total = 0
        return counts.dropLast().map { count in
            total += count
            return total
        }
    }
}
