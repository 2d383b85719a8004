import Foundation
import Metering

/// A bill as JSON. All numbers are whole: microseconds, tokens, and ten-thousandths of the currency's unit.
struct BillRecord: Encodable {
    struct Row: Encodable {
        let day: String?
        let key: String?
        let service: String?
        let currency: String?
        let cost: Int
        let alwaysOnCost: Int?
        let startingMicroseconds: Int
        let idleMicroseconds: Int
        let busyMicroseconds: Int
        let drainingMicroseconds: Int
        let requests: Int
        let failures: Int
        let promptTokens: Int
        let cachedTokens: Int
        let generatedTokens: Int
        let wastedTokens: Int

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
    let since: Int
    let until: Int
    let timeZone: String
    let by: String
    /// What `cost` counts in.
    let costUnit = "1/10000"
    let rows: [Row]
    let totals: [Row]

    init(_ bill: Bill, timeZone: TimeZone) {
        since = bill.period.start
        until = bill.period.end
        self.timeZone = timeZone.identifier
        by = bill.grouping.rawValue
        rows = bill.rows.map(Row.init)
        totals = bill.totals.map(Row.init)
    }
}
