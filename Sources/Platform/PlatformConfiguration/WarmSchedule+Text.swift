import Foundation

extension WarmSchedule: CustomStringConvertible {
    private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let example = "write DAYS HH:MM-HH:MM ZONE, as in Mon-Fri 08:50-18:00 Asia/Shanghai"

    /// Reads `Mon-Fri 08:50-18:00 Asia/Shanghai`. Days are names, ranges, lists of both (`Mon,Wed-Fri`) or `daily`;
    /// a range may pass the week's end (`Sat-Mon`). A span that ends at or before its start ends on the next day.
    /// - Parameter localTimeZone: what a schedule without a zone means.
    init(parsing text: String, localTimeZone: String) throws(Complaint) {
        let words = text.split { $0 == " " }.map(String.init)
        guard (2...3).contains(words.count) else {
            throw Complaint("\(quoted(text)) is no warm schedule: \(Self.example)")
        }
        let times = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard times.count == 2 else {
            throw Complaint("\(quoted(words[1])) is no span of a day: write HH:MM-HH:MM, as in 08:50-18:00")
        }
        let start = try Self.minutes(times[0], isEnd: false)
        let end = try Self.minutes(times[1], isEnd: true)
        if words.count == 3 { try Self.checkZone(words[2]) }
        let zone = words.count == 3 ? words[2] : localTimeZone
        self.init(days: try Self.days(words[0]), start: start, end: end, timeZone: zone)
    }

    /// As it is written, with its zone.
    package var description: String {
        "\(daysText) \(Self.text(minutes: start))-\(Self.text(minutes: end)) \(timeZone)"
    }

    private var daysText: String {
        if days.count == 7 { return "daily" }
        let sorted = days.sorted()
        var runs: [ClosedRange<Int>] = []
        for day in sorted {
            if let last = runs.last, last.upperBound == day - 1 {
                runs[runs.count - 1] = last.lowerBound...day
            } else {
                runs.append(day...day)
            }
        }
        return runs.map { run in
            let first = Self.dayNames[run.lowerBound - 1]
            return run.count == 1 ? first : "\(first)-\(Self.dayNames[run.upperBound - 1])"
        }.joined(separator: ",")
    }

    private static func text(minutes: Int) -> String {
        func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return twoDigits(minutes / 60) + ":" + twoDigits(minutes % 60)
    }

    private static func days(_ text: String) throws(Complaint) -> Set<Int> {
        if text.lowercased() == "daily" { return Set(1...7) }
        var days: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard (1...2).contains(ends.count) else {
                throw Complaint("\(quoted(String(part))) names no days: \(example)")
            }
            let first = try day(ends[0])
            let last = ends.count == 2 ? try day(ends[1]) : first
            var day = first
            days.insert(day)
            while day != last {
                day = day % 7 + 1
                days.insert(day)
            }
        }
        return days
    }

    private static func day(_ name: String) throws(Complaint) -> Int {
        guard let index = dayNames.firstIndex(where: { $0.lowercased() == name.lowercased() }) else {
            let known = dayNames.joined(separator: ", ")
            throw Complaint("\(quoted(name)) is no day: write daily, or some of \(known)")
        }
        return index + 1
    }

    /// Minutes after midnight; a span may end at 24:00.
    private static func minutes(_ text: String, isEnd: Bool) throws(Complaint) -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { (1...2).contains($0.count) && $0.allSatisfy { $0.isASCII && $0.isNumber } }
        guard parts.count == 2, isPlain, let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
            hour < 24 || isEnd && hour == 24 && minute == 0
        else {
            throw Complaint(
                "\(quoted(text)) is no time of day: write HH:MM, from 00:00 to \(isEnd ? "24:00" : "23:59")")
        }
        return hour * 60 + minute
    }

    private static func checkZone(_ name: String) throws(Complaint) {
        let known = TimeZone.knownTimeZoneIdentifiers
        if name == "UTC" || known.contains(name) { return }
        // Older names of zones, as in US/Eastern, are known to the data base, but in no list.
        let isName = name.contains("/") && !name.contains(":")
        if isName, TimeZone(identifier: name) != nil { return }
        if let nearest = NearestName.nearest(to: name, in: known) {
            throw Complaint("there is no time zone \(quoted(name)): did you mean \(nearest)?")
        }
        throw Complaint("there is no time zone \(quoted(name)): write UTC, or a place as in Asia/Shanghai")
    }
}
