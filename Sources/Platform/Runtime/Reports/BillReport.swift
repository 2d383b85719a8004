package import Foundation
package import Metering
package import Storage

/// A bill as JSON: what `GET /api/admin/bill` answers and `pronk cost --json` prints.
///
/// All numbers are whole: microseconds, tokens, and ten-thousandths of the currency's unit.
package struct BillReport: Encodable, Sendable {
    package struct Row: Encodable, Sendable {
        package let day: String?
        package let key: String?
        package let service: String?
        package let currency: String?
        package let cost: Int
        package let alwaysOnCost: Int?
        package let startingMicroseconds: Int
        package let idleMicroseconds: Int
        package let busyMicroseconds: Int
        package let drainingMicroseconds: Int
        package let requests: Int
        package let failures: Int
        package let promptTokens: Int
        package let cachedTokens: Int
        package let generatedTokens: Int
        package let wastedTokens: Int

        init(_ row: Bill.Row) {
            day = row.day
            key = row.caller
            service = row.service.isEmpty ? nil : row.service
            currency = row.currency
            cost = row.cost
            alwaysOnCost = row.alwaysOnCost
            startingMicroseconds = row.usage.starting
            idleMicroseconds = row.usage.idle
            busyMicroseconds = row.usage.busy
            drainingMicroseconds = row.usage.draining
            requests = row.usage.requests
            failures = row.usage.failures
            promptTokens = row.usage.promptTokens
            cachedTokens = row.usage.cachedTokens
            generatedTokens = row.usage.generatedTokens
            wastedTokens = row.usage.wastedTokens
        }
    }
    /// Microseconds since 1970.
    package let since: Int
    package let until: Int
    package let timeZone: String
    package let by: String
    /// What `cost` counts in.
    package let costUnit = "1/10000"
    package let rows: [Row]
    package let totals: [Row]

    /// The bill of all services since a time that people write: `7d`, `today`, `2026-11-01`.
    package init(since: String, by: Bill.Grouping, from database: Database, timeZone: TimeZone) throws {
        let now = LedgerTime.system().wall
        let start = try BillPeriod.time(since, now: now, timeZone: timeZone)
        let period = try BillPeriod(from: start, to: now, timeZone: timeZone)
        self.init(try Bill(from: database, period: period, by: by), timeZone: timeZone)
    }

    package init(_ bill: Bill, timeZone: TimeZone) {
        since = bill.period.start
        until = bill.period.end
        self.timeZone = timeZone.identifier
        by = bill.grouping.rawValue
        rows = bill.rows.map(Row.init)
        totals = bill.totals.map(Row.init)
    }
}
