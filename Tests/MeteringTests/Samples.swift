import Foundation
import Metering
import TestSupport

/// Entries and times as tests need them.
enum Sample {
    static func request(
        _ id: String, service: String = "llama", caller: String = "local", time: Double = 1_800_000_000,
        outcome: String = "completed", status: Int = 200, generated: Int = 10, duration: Double = 1.5
    ) -> RequestEntry {
        RequestEntry(
            id: id, service: service, caller: caller, instance: "\(service)-1", time: time, outcome: outcome,
            status: status, promptTokens: 7, cachedTokens: 3, generatedTokens: generated, wastedTokens: 1, waited: 0.5,
            timeToFirstToken: 0.25, duration: duration, attempts: 1)
    }

    /// Both clocks, `seconds` after a start; the wall clock is off by `jump` seconds.
    static func time(_ seconds: Double, jump: Double = 0) -> LedgerTime {
        LedgerTime(
            wall: start + Int(((seconds + jump) * 1e6).rounded()), uptime: .microseconds(Int((seconds * 1e6).rounded()))
        )
    }

    static let start = 1_800_000_000_000_000

    static func zone(_ name: String) -> TimeZone { TimeZone(identifier: name) ?? .gmt }

    static func time(_ text: String, _ zone: String, now: Int = start) throws -> Int {
        try BillPeriod.time(text, now: now, timeZone: Self.zone(zone))
    }
}
