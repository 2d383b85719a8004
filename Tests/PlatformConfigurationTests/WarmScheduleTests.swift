import Foundation
import PlatformConfiguration
import Testing

@Suite struct WarmScheduleTests {
    private func schedule(_ text: String) throws -> WarmSchedule {
        let file = Samples.service("scale: { warm: ['\(text)'] }")
        return try #require(try Samples.read(file).configuration.services.first?.scale.warm.first)
    }

    /// Seconds since 1970 of `2026-03-29T01:00:00Z`, or with an offset as in `+02:00`.
    private func time(_ text: String) throws -> Double {
        try Date(text, strategy: .iso8601).timeIntervalSince1970
    }

    @Test(
        "reads days, spans and zones, and shows them again",
        arguments: [
            ("Mon-Fri 08:50-18:00 Asia/Shanghai", "Mon-Fri 08:50-18:00 Asia/Shanghai", Set(1...5)),
            ("mon,WED 8:00-9:30 UTC", "Mon,Wed 08:00-09:30 UTC", [1, 3]),
            ("Sat-Mon 22:00-06:00 UTC", "Mon,Sat-Sun 22:00-06:00 UTC", [6, 7, 1]),
            ("Mon-Wed,Fri 00:00-24:00 America/New_York", "Mon-Wed,Fri 00:00-24:00 America/New_York", [1, 2, 3, 5]),
            ("daily 07:00-08:00", "daily 07:00-08:00 Europe/Berlin", Set(1...7)),
            ("daily 07:00-08:00 US/Eastern", "daily 07:00-08:00 US/Eastern", Set(1...7)),
        ] as [(String, String, Set<Int>)])
    func reads(text: String, shown: String, days: Set<Int>) throws {
        let schedule = try schedule(text)
        #expect(schedule.description == shown && schedule.days == days)
        #expect(try self.schedule(shown) == schedule)
    }

    @Test("is warm from the start up to the end, in its own zone")
    func span() throws {
        let schedule = try schedule("Mon-Fri 08:50-18:00 Asia/Shanghai")
        // 2026-03-02 is a Monday.
        for (moment, isWarm) in [
            ("2026-03-02T08:49:59+08:00", false), ("2026-03-02T08:50:00+08:00", true),
            ("2026-03-02T17:59:59+08:00", true), ("2026-03-02T18:00:00+08:00", false),
            ("2026-03-06T12:00:00+08:00", true), ("2026-03-07T12:00:00+08:00", false),
        ] {
            #expect(schedule.isWarm(at: try time(moment)) == isWarm, "\(moment)")
        }
        let friday = try time("2026-03-06T18:00:00+08:00")
        #expect(schedule.nextChange(after: friday - 1) == friday)
        #expect(schedule.nextChange(after: friday) == (try time("2026-03-09T08:50:00+08:00")))
    }

    @Test("a span over midnight belongs to the day on which it begins")
    func midnight() throws {
        let schedule = try schedule("Fri 22:00-02:00 UTC")
        #expect(try !schedule.isWarm(at: time("2026-03-06T01:00:00Z")), "Thursday's night")
        #expect(try schedule.isWarm(at: time("2026-03-06T23:00:00Z")))
        #expect(try schedule.isWarm(at: time("2026-03-07T01:59:59Z")))
        #expect(try !schedule.isWarm(at: time("2026-03-07T02:00:00Z")))
        #expect(try schedule.nextChange(after: time("2026-03-06T23:00:00Z")) == time("2026-03-07T02:00:00Z"))
    }

    @Test("spans that meet are one, and what is always warm never changes")
    func always() throws {
        let meeting = try schedule("Mon-Tue 00:00-24:00 UTC")
        #expect(try meeting.nextChange(after: time("2026-03-02T12:00:00Z")) == time("2026-03-04T00:00:00Z"))
        for text in [
            "daily 00:00-24:00 Europe/Berlin", "daily 08:00-08:00 America/New_York", "Sun-Sat 10:00-09:00 UTC",
        ] {
            let schedule = try schedule(text)
            let change = schedule.nextChange(after: try time("2026-03-25T12:00:00Z"))
            #expect((change == nil) == (text.hasPrefix("daily")), "\(text)")
        }
    }

    @Test(
        "a start or an end that the clock leaps over is the moment of the leap",
        arguments: [
            // 02:00 becomes 03:00, at 01:00 UTC and at 07:00 UTC.
            ("Sun 02:30-06:00 Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z"),
            ("Sun 01:00-02:30 Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
            ("Sat 23:00-02:30 Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"),
            ("Sun 02:30-06:00 America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T10:00:00Z"),
            ("Sun 01:00-02:30 America/New_York", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z"),
            // The day is an hour short.
            ("Sun 00:00-24:00 Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ])
    func gaps(text: String, from: String, to: String) throws { try expect(text, from, to) }

    @Test(
        "of a time that comes twice, a span begins at the first and ends at the second",
        arguments: [
            // 03:00 becomes 02:00 at 01:00 UTC, and 02:00 becomes 01:00 at 06:00 UTC.
            ("Sun 02:30-06:00 Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T05:00:00Z"),
            ("Sun 01:00-02:30 Europe/Berlin", "2026-10-24T23:00:00Z", "2026-10-25T01:30:00Z"),
            ("Sun 02:10-02:20 Europe/Berlin", "2026-10-25T00:10:00Z", "2026-10-25T01:20:00Z"),
            ("Sun 01:30-06:00 America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T11:00:00Z"),
            ("Sun 00:30-01:30 America/New_York", "2026-11-01T04:30:00Z", "2026-11-01T06:30:00Z"),
            ("Sun 00:00-24:00 America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ])
    func overlaps(text: String, from: String, to: String) throws { try expect(text, from, to) }

    private func expect(_ text: String, _ from: String, _ to: String) throws {
        let schedule = try schedule(text)
        let start = try time(from), end = try time(to)
        #expect(!schedule.isWarm(at: start - 1) && schedule.isWarm(at: start))
        #expect(schedule.isWarm(at: end - 1) && !schedule.isWarm(at: end))
        #expect(schedule.nextChange(after: start - 3_600) == start)
        #expect(schedule.nextChange(after: start) == end)
    }

    @Test("a span that lies in the hour that is skipped is not there, and the next one is a week later")
    func lostSpan() throws {
        let schedule = try schedule("Sun 02:10-02:50 Europe/Berlin")
        let saturday = try time("2026-03-28T12:00:00Z")
        #expect(try schedule.nextChange(after: saturday) == time("2026-04-05T00:10:00Z"))
    }

    @Test("a calendar agrees, away from the nights of the change", arguments: ["Europe/Berlin", "America/New_York"])
    func calendar(zone: String) throws {
        var random = SeededGenerator(seed: 7)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        for _ in 0..<300 {
            let days = Set((1...7).filter { _ in Bool.random(using: &random) })
            let start = Int.random(in: 0..<1_440, using: &random), end = Int.random(in: 1...1_440, using: &random)
            let schedule = WarmSchedule(days: days, start: start, end: end, timeZone: zone)
            let seconds = try time("2026-01-01T00:00:00Z") + Double(Int.random(in: 0..<365 * 86_400, using: &random))
            let date = Date(timeIntervalSince1970: seconds)
            let around = [-2, -1, 1, 2].map { calendar.timeZone.secondsFromGMT(for: date + Double($0) * 86_400) }
            guard Set(around).count == 1 else { continue }
            let parts = calendar.dateComponents([.weekday, .hour, .minute], from: date)
            let weekday = (try #require(parts.weekday) + 5) % 7 + 1
            let minute = try #require(parts.hour) * 60 + (try #require(parts.minute))
            let yesterday = (weekday + 5) % 7 + 1
            let expected =
                end > start
                ? days.contains(weekday) && (start..<end).contains(minute)
                : days.contains(weekday) && minute >= start || days.contains(yesterday) && minute < end
            #expect(schedule.isWarm(at: seconds) == expected, "\(schedule) at \(date)")
        }
    }

    @Test("nothing changes before the next change, and then it does", arguments: 0..<4)
    func nextChange(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
        for _ in 0..<100 {
            let days = Set((1...7).filter { _ in Bool.random(using: &random) })
            let schedule = WarmSchedule(
                days: days, start: Int.random(in: 0..<1_440, using: &random),
                end: Int.random(in: 0...1_440, using: &random), timeZone: zones.randomElement(using: &random) ?? "UTC")
            let seconds = try time("2026-01-01T00:00:00Z") + Double.random(in: 0..<365 * 86_400, using: &random)
            let isWarm = schedule.isWarm(at: seconds)
            let change = schedule.nextChange(after: seconds)
            for step in 1...50 {
                let later = seconds + (change.map { $0 - seconds } ?? 7 * 86_400) * Double(step) / 50.001
                #expect(schedule.isWarm(at: later) == isWarm, "seed \(seed): \(schedule) from \(seconds) to \(later)")
            }
            if let change {
                #expect(change > seconds && schedule.isWarm(at: change) != isWarm, "seed \(seed): \(schedule)")
            } else {
                #expect(days.isEmpty || days.count == 7, "seed \(seed): \(schedule)")
            }
        }
    }
}
