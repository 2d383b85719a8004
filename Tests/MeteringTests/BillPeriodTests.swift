import Foundation
import Metering
import Testing

@Suite("The period of a bill")
struct BillPeriodTests {
    private func days(_ from: String, _ to: String, _ zone: String) throws -> [BillPeriod.Day] {
        try BillPeriod(
            from: Sample.time(from, zone), to: Sample.time(to, zone), timeZone: Sample.zone(zone)
        ).days
    }

    @Test(
        "days have as many hours as the calendar gives them",
        arguments: [
            ("Europe/Berlin", "2026-03-28", "2026-03-31", [24, 23, 24]),
            ("Europe/Berlin", "2026-10-24", "2026-10-27", [24, 25, 24]),
            ("Asia/Shanghai", "2026-03-28", "2026-03-31", [24, 24, 24]),
            // Midnight itself is skipped there.
            ("Africa/Cairo", "2026-04-23", "2026-04-26", [24, 23, 24]),
            ("GMT", "2028-02-28", "2028-03-02", [24, 24, 24]),
        ])
    func hours(zone: String, from: String, to: String, hours: [Int]) throws {
        let days = try days(from, to, zone)
        #expect(days.map { ($0.end - $0.start) / 3_600_000_000 } == hours)
        #expect(days.first?.name == from)
        for (day, next) in zip(days, days.dropFirst()) { #expect(day.end == next.start) }
    }

    @Test("the first and the last day may be parts of one")
    func parts() throws {
        let days = try days("2026-11-22T23:30", "2026-11-24T00:45", "Asia/Shanghai")
        #expect(days.map(\.name) == ["2026-11-22", "2026-11-23", "2026-11-24"])
        #expect(days.map { ($0.end - $0.start) / 60_000_000 } == [30, 1_440, 45])
    }

    @Test("reads times as people write them")
    func reads() throws {
        let zone = "Asia/Shanghai"
        let now = try Sample.time("2026-11-23T10:20:30", zone)
        func same(_ text: String, _ as: String) throws {
            #expect(try Sample.time(text, zone, now: now) == Sample.time(`as`, zone), "\(text)")
        }
        try same("today", "2026-11-23")
        try same("yesterday", "2026-11-22")
        try same("7d", "2026-11-16")
        try same("2w", "2026-11-09")
        try same("0d", "2026-11-23T00:00")
        try same("12h", "2026-11-22T22:20:30")
        try same("30m", "2026-11-23 09:50:30")
        #expect(try Sample.time("2026-11-23", zone) == Sample.time("2026-11-22T16:00", "GMT"))
    }

    @Test("a week ago begins at midnight, also across a change of the clock")
    func relativeAcrossChange() throws {
        let now = try Sample.time("2026-10-28T12:00", "Europe/Berlin")
        #expect(
            try Sample.time("7d", "Europe/Berlin", now: now) == Sample.time("2026-10-21", "Europe/Berlin"))
    }

    @Test(
        "refuses what is no time, and shows how to write one",
        arguments: [
            "", "d", "7", "7x", "-7d", "+7d", "7 d", "2026-02-30", "2026-13-01", "2026-1-1", "11/01/2026",
            "2026-11-01T24:00", "2026-11-01T10:60", "99999999999d", "99999999999999999999d", "7日",
        ])
    func refuses(text: String) throws {
        let error = #expect(throws: MeteringError.self) { try Sample.time(text, "GMT") }
        #expect(error?.code == .invalidDate)
        #expect(error?.message.contains("2026-11-01T08:30") == true)
    }

    @Test("a period has a beginning before its end, and not more days than a table can show")
    func bounds() throws {
        let empty = #expect(throws: MeteringError.self) { try days("2026-11-02", "2026-11-02", "GMT") }
        #expect(empty?.code == .emptyPeriod)
        let long = #expect(throws: MeteringError.self) { try days("1990-01-01", "2026-11-02", "GMT") }
        #expect(long?.code == .periodTooLong)
    }
}
