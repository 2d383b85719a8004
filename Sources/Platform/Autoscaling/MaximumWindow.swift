/// The largest of the numbers recorded within a span: fewer instances are believed only when nothing in the span asked
/// for more.
struct MaximumWindow: Sendable, Equatable, Codable {
    private struct Entry: Sendable, Equatable, Codable {
        var time: Duration
        var value: Int
    }
    /// Times grow and values fall, so the first entry is the maximum.
    private var entries: [Entry] = []

    /// Records `value` and answers the maximum of the last `span`, `value` included.
    mutating func record(_ value: Int, now: Duration, span: Duration) -> Int {
        entries.removeAll { $0.value <= value || now - $0.time >= span }
        entries.append(Entry(time: now, value: value))
        return entries[0].value
    }

    mutating func reset() { entries.removeAll() }
}
