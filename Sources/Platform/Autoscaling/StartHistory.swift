/// What starts took until now, by tier: how long the next one will take, and how far one that runs has come.
///
/// The estimate is the median of the last starts: one start that hung does not move it, and a machine that became
/// slower or faster is believed after a few starts. A tier without a start of its own borrows from the other, because a
/// figure that is somewhat wrong tells more than none.
package struct StartHistory: Sendable, Equatable, Codable {
    /// Milliseconds, oldest first, of each tier.
    private var milliseconds: [StartTier: [Double]] = [:]

    package init() {}

    /// A start of `tier` ended after `duration`. A duration below zero, which a clock that jumped may give, is dropped.
    package mutating func record(_ duration: Duration, tier: StartTier) {
        guard duration >= .zero else { return }
        var starts = milliseconds[tier, default: []]
        starts.append(min(duration, Limits.longestStart) / .milliseconds(1))
        if starts.count > Limits.startsKept { starts.removeFirst(starts.count - Limits.startsKept) }
        milliseconds[tier] = starts
    }

    /// How many starts of `tier` are remembered.
    package func count(tier: StartTier) -> Int { milliseconds[tier]?.count ?? 0 }

    /// The time from being asked to start to being ready; nil as long as nothing has ever started.
    package func estimate(tier: StartTier) -> Duration? {
        let starts = sorted(tier)
        guard !starts.isEmpty else { return nil }
        return .milliseconds(Self.median(of: starts))
    }

    /// How far a start that began `elapsed` ago has come, in percent below 100, and how long it will still take.
    ///
    /// The rest is judged by the remembered starts that took longer than this one has taken so far, so a start that is
    /// late is not said to be done in a moment for minutes; one that is later than all of them is taken to need half
    /// as long again. Nil as long as nothing has ever started.
    package func progress(elapsed: Duration, tier: StartTier) -> (percent: Int, remaining: Duration)? {
        let starts = sorted(tier)
        guard let longest = starts.last else { return nil }
        let elapsed = max(elapsed, .zero) / .milliseconds(1)
        let median = Self.median(of: starts)
        var total = max(median, elapsed)
        if elapsed >= median {
            let longer = starts.filter { $0 > elapsed }
            total = longer.isEmpty ? max(longest, elapsed) * 1.5 : Self.median(of: longer)
        }
        total = min(total, max(Limits.longestStart / .milliseconds(1), elapsed))
        let percent = total > 0 ? Int((100 * elapsed / total).rounded(.down)) : 0
        return (min(max(percent, 0), 99), .milliseconds(max(total - elapsed, 0)))
    }

    private func sorted(_ tier: StartTier) -> [Double] {
        if let own = milliseconds[tier], !own.isEmpty { return own.sorted() }
        return StartTier.allCases.flatMap { milliseconds[$0] ?? [] }.sorted()
    }

    /// The value in the middle, or between the two there; `sorted` is not empty.
    private static func median(of sorted: [Double]) -> Double {
        let lower = sorted[(sorted.count - 1) / 2], upper = sorted[sorted.count / 2]
        return lower + (upper - lower) / 2
    }
}
