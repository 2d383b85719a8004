/// A bill as cells of text, for a table that people read.
package enum BillText {
    /// The columns that hold numbers.
    package static let rightColumns = Set(2...13)

    /// A header, the rows and the totals. `names`: what keys are called, by their ids.
    package static func rows(of bill: Bill, names: [String: String] = [:]) -> [[String]] {
        let header = [
            bill.grouping == .day ? "DAY" : "KEY", "SERVICE", "COLD", "IDLE", "BUSY", "DRAINING", "COST", "ALWAYS ON",
            "REQUESTS", "FAILED", "PROMPT", "CACHED", "GENERATED", "WASTED",
        ]
        let rows = bill.rows.map { cells($0, label: $0.day ?? label(of: $0.caller ?? "", names)) }
        return [header] + rows + bill.totals.map { cells($0, label: "TOTAL") }
    }

    private static func label(of caller: String, _ names: [String: String]) -> String {
        caller.isEmpty ? "(nobody)" : names[caller] ?? caller
    }

    private static func cells(_ row: Bill.Row, label: String) -> [String] {
        let usage = row.usage
        let counts = [
            usage.requests, usage.failures, usage.promptTokens, usage.cachedTokens, usage.generatedTokens,
            usage.wastedTokens,
        ]
        return [label, row.service]
            + [usage.starting, usage.idle, usage.busy, usage.draining].map(duration)
            + [money(row.cost, row.currency), row.alwaysOnCost.map { money($0, row.currency) } ?? "-"]
            + counts.map(String.init)
    }

    /// One sentence for each currency on what scaling to zero was worth.
    package static func comparison(of bill: Bill) -> [String] {
        bill.totals.compactMap { total in
            guard let currency = total.currency, let alwaysOn = total.alwaysOnCost, alwaysOn > 0 else { return nil }
            let saved = alwaysOn - total.cost
            let share = String((Double(abs(saved)) / Double(alwaysOn) * 1_000).rounded() / 10)
            return saved >= 0
                ? "Always on it would have cost \(money(alwaysOn, currency)); \(money(saved, currency)) "
                    + "(\(share) %) are saved."
                : "Always on it would have cost \(money(alwaysOn, currency)): "
                    + "\(money(-saved, currency)) (\(share) %) less."
        }
    }

    /// Ten-thousandths as `2.8300 CNY`; `-` without a price.
    package static func money(_ amount: Int, _ currency: String?) -> String {
        guard let currency else { return "-" }
        let fraction = String(amount.magnitude % 10_000)
        let padded = String(repeating: "0", count: 4 - fraction.count) + fraction
        return "\(amount < 0 ? "-" : "")\(amount.magnitude / 10_000).\(padded) \(currency)"
    }

    /// Microseconds as `0`, `12.3s`, `5m03s`, `26h00m`.
    package static func duration(_ microseconds: Int) -> String {
        let tenths = (microseconds + 50_000) / 100_000
        let seconds = (microseconds + 500_000) / 1_000_000
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        if microseconds == 0 { return "0" }
        if tenths < 600 { return "\(tenths / 10).\(tenths % 10)s" }
        if seconds < 3_600 { return "\(seconds / 60)m\(padded(seconds % 60))s" }
        let minutes = (seconds + 30) / 60
        return "\(minutes / 60)h\(padded(minutes % 60))m"
    }
}
