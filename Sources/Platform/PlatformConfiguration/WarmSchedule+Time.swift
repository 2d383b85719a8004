import Foundation

extension WarmSchedule {
    /// Whether the service is to be awake at a time, in seconds since 1970.
    ///
    /// Times of day are the wall clock's. A start that daylight saving skips is the moment of the jump; of a time that
    /// comes twice, a span begins at the first and ends at the second.
    package func isWarm(at seconds: Double) -> Bool {
        let clock = WallClock(timeZone)
        let today = clock.day(at: seconds)
        // A span lasts a day at most, and began today or yesterday; one more for zones that leapt over a day.
        return ((today - 2)...today).contains { day in span(ofDay: day, clock)?.contains(seconds) ?? false }
    }

    /// The next time at which `isWarm` changes, in seconds since 1970; nil if it never does.
    package func nextChange(after seconds: Double) -> Double? {
        let clock = WallClock(timeZone)
        let today = clock.day(at: seconds)
        // A weekly schedule changes within a week. A fortnight covers a span that falls into the hour that is skipped.
        let lastDay = today + 15
        var current: Range<Double>?
        for day in (today - 2)...lastDay {
            guard let span = span(ofDay: day, clock) else { continue }
            if let merged = current, span.lowerBound <= merged.upperBound {
                current = merged.lowerBound..<max(merged.upperBound, span.upperBound)
            } else {
                // A gap before this span: the one before it is whole.
                if let whole = current, let edge = Self.edge(of: whole, after: seconds) { return edge }
                current = span
            }
        }
        guard let whole = current, let edge = Self.edge(of: whole, after: seconds) else { return nil }
        // A span that reaches to the end of what was looked at has no end.
        return edge == whole.upperBound && clock.day(at: edge) >= lastDay ? nil : edge
    }

    private static func edge(of span: Range<Double>, after seconds: Double) -> Double? {
        [span.lowerBound, span.upperBound].first { $0 > seconds }
    }

    /// The span that begins on a day, if one does.
    private func span(ofDay day: Int, _ clock: WallClock) -> Range<Double>? {
        guard days.contains(WallClock.weekday(ofDay: day)) else { return nil }
        let from = clock.seconds(day: day, minutes: start).first
        let to = clock.seconds(day: end > start ? day : day + 1, minutes: end).last
        return from < to ? from..<to : nil
    }
}

/// What clocks on the wall show in one zone. Days count from 1970-01-01.
private struct WallClock {
    private let zone: TimeZone

    /// An unknown zone counts as UTC; no schedule that was read from text has one.
    init(_ name: String) {
        zone = TimeZone(identifier: name) ?? .gmt
    }

    /// 1 = Monday … 7 = Sunday.
    static func weekday(ofDay day: Int) -> Int {
        // The first day of 1970 was a Thursday.
        ((day + 3) % 7 + 7) % 7 + 1
    }

    func day(at seconds: Double) -> Int { Int(((seconds + offset(at: seconds)) / 86_400).rounded(.down)) }

    /// The moments at which the clock shows a time, in seconds since 1970: one, or two where it is put back. For a time
    /// that it leaps over, the moment of the leap.
    func seconds(day: Int, minutes: Int) -> (first: Double, last: Double) {
        let local = Double(day) * 86_400 + Double(minutes) * 60
        // Offsets lie between -12 and +14 hours, so these are surely before and after.
        let before = offset(at: local - 15 * 3_600), after = offset(at: local + 15 * 3_600)
        let early = local - before, late = local - after
        switch (offset(at: early) == before, offset(at: late) == after) {
        case (true, true): return (min(early, late), max(early, late))
        case (true, false): return (early, early)
        case (false, true): return (late, late)
        case (false, false):
            let leap = leap(from: min(early, late), to: max(early, late), offsetBefore: before)
            return (leap, leap)
        }
    }

    /// The first second of the new offset, between two times of which the later has it.
    private func leap(from: Double, to: Double, offsetBefore: Double) -> Double {
        var low = from - 1, high = to
        while high - low > 1 {
            let middle = ((low + high) / 2).rounded(.down)
            if offset(at: middle) == offsetBefore { low = middle } else { high = middle }
        }
        return high
    }

    private func offset(at seconds: Double) -> Double {
        Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)))
    }
}
