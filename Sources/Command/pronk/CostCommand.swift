import ArgumentParser
import Foundation
import Identity
import Metering
import Runtime
import Terminal

/// `pronk cost`: the bill, from the ledger. Works whether or not the platform runs.
struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Show what the instances cost, and what they would have cost always on.",
        discussion: """
            COLD is the time from an instance's start to its readiness. ALWAYS ON is what one instance (or the service's
            minimum) would have cost since the service's first use. By key, each day's cost is shared out by how long
            the keys' requests ran.
            """)

    @Option(
        help: ArgumentHelp(
            "From when: 7d and 2w begin with that day, 12h and 30m at that moment; also today, yesterday, 2026-11-01, "
                + "2026-11-01T08:30.", valueName: "time"))
    var since = "30d"

    @Option(help: ArgumentHelp("Up to when, not included. Default: now.", valueName: "time"))
    var until: String?

    @Option(help: "This service alone.")
    var service: String?

    @Option(help: "Rows by day or by key.")
    var by = Bill.Grouping.day

    @Flag(help: "Days of UTC instead of the local time zone.")
    var utc = false

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var data: DataOptions

    func run() throws {
        let timeZone = utc ? .gmt : TimeZone.current
        let now = LedgerTime.system().wall
        let start = try BillPeriod.time(since, now: now, timeZone: timeZone)
        let end = try until.map { try BillPeriod.time($0, now: now, timeZone: timeZone) } ?? now
        // What is to come has cost nothing yet.
        let period = try BillPeriod(from: start, to: min(end, now), timeZone: timeZone)
        let database = try data.existingDatabase()
        let bill =
            try database.map { try Bill(from: $0, period: period, service: service, by: by) }
            ?? Bill(BillSource(spans: [], requests: [], terms: [], firstRecords: [:]), period: period, by: by)
        if json {
            print(try ModelRecord.json(BillReport(bill, timeZone: timeZone)))
        } else if bill.rows.isEmpty {
            StandardError.write(
                "The ledger has nothing for this time. It begins with the first use of a service of `pronk up`.\n")
        } else {
            let keys = try by == .key ? database.map { try KeyStore(database: $0).list() } ?? [] : []
            let names = Dictionary(keys.map { ($0.id, $0.name) }) { first, _ in first }
            print(TextTable.lines(BillText.rows(of: bill, names: names), right: BillText.rightColumns))
            for line in BillText.comparison(of: bill) { print(line) }
        }
    }
}

extension Bill.Grouping: ExpressibleByArgument {}
