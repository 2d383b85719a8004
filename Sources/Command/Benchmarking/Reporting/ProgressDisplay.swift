/// What a long measurement shows while it runs: a line that is rewritten on a terminal, now and then a whole line
/// elsewhere. Pure: the caller says what time it is and writes the text.
package struct ProgressDisplay: Sendable {
    private let isTerminal: Bool
    private var lastShown: ContinuousClock.Instant?
    private var isLineOpen = false

    package init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// The text to write for this state, if it is time for one.
    package mutating func update(_ text: String, now: ContinuousClock.Instant) -> String? {
        if let lastShown, now - lastShown < (isTerminal ? .milliseconds(200) : .seconds(10)) { return nil }
        lastShown = now
        isLineOpen = isTerminal
        return isTerminal ? "\r\(text)\u{1B}[K" : text + "\n"
    }

    /// The text that makes room for something else.
    package mutating func end() -> String? {
        guard isLineOpen else { return nil }
        isLineOpen = false
        return "\r\u{1B}[K"
    }
}

extension LoadRun.Progress {
    /// "17 of 32 requests, 1 failed, 240 tok/s, 12 s".
    package var text: String {
        var parts = ["\(ended)\(expected.map { " of \($0)" } ?? "") requests"]
        if failed > 0 { parts.append("\(failed) failed") }
        if seconds > 0 { parts.append("\(Int(Double(tokens) / seconds)) tok/s") }
        parts.append("\(Int(seconds))\(duration.map { " of \(Int($0))" } ?? "") s")
        return parts.joined(separator: ", ")
    }
}
