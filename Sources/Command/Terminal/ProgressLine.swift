/// What a long step shows while it runs: one line that is rewritten on a terminal, a line every ten per cent elsewhere.
/// Pure: the caller says what time it is and writes the text.
package struct ProgressLine: Sendable {
    private let title: String
    /// The size of the whole, for the rate. Zero shows no rate.
    private let totalBytes: Int
    private let isTerminal: Bool
    private var start: ContinuousClock.Instant?
    private var lastShown: ContinuousClock.Instant?
    private var lastTenth = -1
    private var isDone = false

    package init(_ title: String, totalBytes: Int = 0, isTerminal: Bool) {
        self.title = title
        self.totalBytes = totalBytes
        self.isTerminal = isTerminal
    }

    /// The text to write for this state, if it is worth showing. `fraction` is 0…1; at 1 the line is ended, once.
    package mutating func update(_ fraction: Double, now: ContinuousClock.Instant) -> String? {
        let start = start ?? now
        self.start = start
        let fraction = min(max(fraction, 0), 1)
        guard !isDone else { return nil }
        isDone = fraction >= 1
        let percent = Int(fraction * 100)
        let text = "\(title): \(percent) %\(rate(fraction, seconds: (now - start) / .seconds(1)))"
        if isTerminal {
            if let lastShown, now - lastShown < .milliseconds(100), !isDone { return nil }
            lastShown = now
            return "\r\(text)\u{1B}[K" + (isDone ? "\n" : "")
        }
        guard percent / 10 > lastTenth else { return nil }
        lastTenth = percent / 10
        return text + "\n"
    }

    private func rate(_ fraction: Double, seconds: Double) -> String {
        guard totalBytes > 0, seconds > 0.05 else { return "" }
        return ", \(Int(Double(totalBytes) * fraction / seconds / 1e6)) MB/s"
    }
}
