/// Requests in the system over the last `seconds` seconds, one time-weighted average a second, as Knative's activator
/// and queue proxies report them.
///
/// Windows are averages over the seconds for which there are reports: after a silence as long as the window the first
/// report counts alone, so a burst from zero is not diluted by a minute in which nobody looked.
struct ConcurrencyWindow: Sendable, Equatable {
    /// The averages of whole seconds, by second modulo their number.
    private var averages: [Double]
    /// How many of them are filled since the reports began, at most all.
    private var filled = 0
    /// The second that runs, and the request-seconds gathered in it.
    private var second = 0
    private var requestSeconds = 0.0
    private var level = 0.0
    private var observedAt = 0.0
    /// Seconds without a report until now.
    private var silentSeconds = 0

    init(seconds: Int) { averages = Array(repeating: 0, count: max(1, seconds)) }

    /// From `now` on there are `level` requests. Without `isReporting` there is nobody who would report, so seconds of
    /// silence pass.
    mutating func observe(_ level: Double, isReporting: Bool, now: Duration) {
        advance(to: min(now, Limits.latestTime) / .seconds(1))
        self.level = level
        if isReporting { silentSeconds = 0 }
    }

    /// The average over the last `seconds` whole seconds; the present level when no second is whole yet.
    func average(over seconds: Int) -> Double {
        let count = min(max(1, seconds), filled)
        guard count > 0 else { return level }
        return (1...count).reduce(0) { $0 + averages[index(of: second - $1)] } / Double(count)
    }

    private mutating func advance(to now: Double) {
        guard now > observedAt else { return }
        let nowSecond = Int(now.rounded(.down))
        // More than a window's worth of seconds would only overwrite each other.
        if nowSecond - second > averages.count + 1 {
            let skipped = nowSecond - second - averages.count - 1
            second += skipped
            observedAt = Double(second)
            requestSeconds = 0
            silentSeconds += level > 0 ? 0 : skipped
            filled = averages.count
        }
        while second < nowSecond {
            requestSeconds += level * (Double(second + 1) - observedAt)
            close()
        }
        requestSeconds += level * (now - observedAt)
        observedAt = now
    }

    private mutating func close() {
        averages[index(of: second)] = requestSeconds
        silentSeconds = requestSeconds > 0 ? 0 : silentSeconds + 1
        filled = silentSeconds >= averages.count ? 0 : min(filled + 1, averages.count)
        second += 1
        observedAt = Double(second)
        requestSeconds = 0
    }

    private func index(of second: Int) -> Int {
        let remainder = second % averages.count
        return remainder < 0 ? remainder + averages.count : remainder
    }
}
