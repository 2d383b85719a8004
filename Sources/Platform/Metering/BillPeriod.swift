package import Foundation

/// The time that a bill is for, cut into the days of a calendar. Days have 23, 24 or 25 hours, as they come.
package struct BillPeriod: Sendable, Equatable {
    /// One day, or the part of it that the period holds.
    package struct Day: Sendable, Equatable {
        /// `2026-11-23`.
        package var name: String
        /// Microseconds since 1970.
        package var start: Int
        package var end: Int
    }
    package var days: [Day]
    package var start: Int { days.first?.start ?? 0 }
    /// Not included.
    package var end: Int { days.last?.end ?? 0 }

    /// The days between two times, in microseconds since 1970.
    package init(from start: Int, to end: Int, timeZone: TimeZone) throws {
        guard start < end else {
            throw MeteringError(.emptyPeriod, "The period ends before it begins. Give an earlier --since.")
        }
        let calendar = Self.calendar(timeZone)
        days = []
        var time = start
        while time < end {
            guard days.count < Limits.billDays else {
                throw MeteringError(
                    .periodTooLong, "A bill has at most \(Limits.billDays) days. Give a later --since.")
            }
            let date = Date(timeIntervalSince1970: Double(time) / 1e6)
            let dayEnd = calendar.dateInterval(of: .day, for: date).map { microseconds($0.end.timeIntervalSince1970) }
            let next = min(end, max(time + 1, dayEnd ?? end))
            days.append(Day(name: Self.name(of: date, calendar), start: time, end: next))
            time = next
        }
    }

    static func calendar(_ timeZone: TimeZone) -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar
    }

    private static func name(of date: Date, _ calendar: Calendar) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        func padded(_ value: Int?, _ width: Int) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(parts.year, 4))-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
    }
}

extension BillPeriod {
    /// What people write as a time: `7d` or `2w` (from that day's start), `12h` or `30m` (ago), `today`, `yesterday`,
    /// `2026-11-01`, `2026-11-01T08:30`. Microseconds since 1970.
    package static func time(_ text: String, now: Int, timeZone: TimeZone) throws -> Int {
        let calendar = calendar(timeZone)
        let date = Date(timeIntervalSince1970: Double(now) / 1e6)
        let meant = relative(text, now: date, calendar) ?? absolute(text, calendar)
        guard let meant else {
            throw MeteringError(
                .invalidDate,
                "'\(text)' is no time. Write 7d, 2w, 12h, 30m, today, yesterday, 2026-11-01 or 2026-11-01T08:30.")
        }
        return microseconds(meant.timeIntervalSince1970)
    }

    private static func relative(_ text: String, now: Date, _ calendar: Calendar) -> Date? {
        func startOfDay(daysAgo days: Int) -> Date? {
            calendar.date(byAdding: .day, value: -days, to: calendar.startOfDay(for: now)).map(calendar.startOfDay)
        }
        if text == "today" { return startOfDay(daysAgo: 0) }
        if text == "yesterday" { return startOfDay(daysAgo: 1) }
        guard let unit = text.last, let count = Int(text.dropLast()), (0...1_000_000).contains(count),
            text.first != "+"
        else { return nil }
        switch unit {
        case "m": return now.addingTimeInterval(-60 * Double(count))
        case "h": return now.addingTimeInterval(-3_600 * Double(count))
        case "d": return startOfDay(daysAgo: count)
        case "w": return startOfDay(daysAgo: 7 * count)
        default: return nil
        }
    }

    private static func absolute(_ text: String, _ calendar: Calendar) -> Date? {
        let pattern = /(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?/
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        let parts = DateComponents(
            year: Int(match.1), month: Int(match.2), day: Int(match.3), hour: match.4.flatMap { Int($0) } ?? 0,
            minute: match.5.flatMap { Int($0) } ?? 0, second: match.6.flatMap { Int($0) } ?? 0)
        // A calendar would read February 30 as March 2. The hour may differ: some are skipped in spring.
        guard let date = calendar.date(from: parts), (parts.hour ?? 0) < 24, (parts.minute ?? 0) < 60,
            (parts.second ?? 0) < 60
        else { return nil }
        let back = calendar.dateComponents([.year, .month, .day], from: date)
        return back.year == parts.year && back.month == parts.month && back.day == parts.day ? date : nil
    }
}
