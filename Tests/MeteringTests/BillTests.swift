import Metering
import Storage
import TestSupport
import Testing

@Suite("Bill")
struct BillTests {
    private static let hour = 3_600_000_000
    private let price = InstancePrice(perInstanceHour: 2.83, currency: "CNY")

    private func period(_ from: String, _ to: String, _ zone: String = "GMT") throws -> BillPeriod {
        try BillPeriod(from: Sample.time(from, zone), to: Sample.time(to, zone), timeZone: Sample.zone(zone))
    }

    private func span(_ kind: InstanceSpan.Kind, _ from: Int, hours: Double) -> InstanceSpan {
        InstanceSpan(
            instance: "a-1", service: "a", kind: kind, start: from, end: from + Int(hours * Double(Self.hour)))
    }

    @Test("a day's bill is what one would work out by hand")
    func byHand() throws {
        let period = try period("2026-11-01", "2026-11-03")
        let noon = try Sample.time("2026-11-01T12:00", "GMT")
        let source = BillSource(
            spans: [
                span(.starting, noon, hours: 0.5), span(.busy, noon + Self.hour / 2, hours: 1.5),
                span(.idle, noon + 2 * Self.hour, hours: 11), span(.draining, noon + 13 * Self.hour, hours: 1),
            ], requests: [],
            terms: [ServiceTerms(service: "a", since: noon, minimumInstances: 0, price: price)],
            firstRecords: ["a": noon])
        let bill = Bill(source, period: period, by: .day)
        #expect(bill.rows.map(\.day) == ["2026-11-01", "2026-11-02"])
        #expect(bill.rows.map(\.usage.starting) == [Self.hour / 2, 0])
        #expect(bill.rows.map(\.usage.busy) == [Self.hour * 3 / 2, 0])
        #expect(bill.rows.map(\.usage.idle) == [Self.hour * 10, Self.hour])
        #expect(bill.rows.map(\.usage.draining) == [0, Self.hour])
        // 12 h and 2 h at 2.83; always on: 12 h and 24 h.
        #expect(bill.rows.map(\.cost) == [339_600, 56_600])
        #expect(bill.rows.map(\.alwaysOnCost) == [339_600, 679_200])
        #expect(bill.totals.map(\.cost) == [396_200])
        #expect(bill.totals.map(\.currency) == ["CNY"])
    }

    @Test("a day of 25 hours costs 25 hours")
    func longDay() throws {
        let period = try period("2026-10-25", "2026-10-26", "Europe/Berlin")
        let source = BillSource(
            spans: [span(.idle, period.start, hours: 30)], requests: [],
            terms: [ServiceTerms(service: "a", since: 0, minimumInstances: 2, price: price)],
            firstRecords: ["a": period.start])
        let bill = Bill(source, period: period, by: .day)
        #expect(bill.rows.map(\.cost) == [25 * 28_300])
        #expect(bill.rows.map(\.alwaysOnCost) == [2 * 25 * 28_300])
    }

    @Test("a new price holds from its moment on, and a new currency has a row and a total of its own")
    func prices() throws {
        let period = try period("2026-11-01", "2026-11-02")
        let terms = [
            ServiceTerms(service: "a", since: period.start + 6 * Self.hour, minimumInstances: 0, price: price),
            ServiceTerms(
                service: "a", since: period.start + 12 * Self.hour, minimumInstances: 0,
                price: InstancePrice(perInstanceHour: 1, currency: "CNY")),
            ServiceTerms(
                service: "a", since: period.start + 18 * Self.hour, minimumInstances: 0,
                price: InstancePrice(perInstanceHour: 1, currency: "EUR")),
        ]
        let source = BillSource(
            spans: [span(.idle, period.start, hours: 24)], requests: [], terms: terms,
            firstRecords: ["a": period.start])
        let bill = Bill(source, period: period, by: .day)
        #expect(bill.rows.map(\.currency) == ["CNY", "EUR"])
        #expect(bill.rows.map(\.cost) == [12 * 28_300 + 6 * 10_000, 60_000])
        #expect(bill.totals.map(\.cost) == bill.rows.map(\.cost))
    }

    @Test("a service without a price has no cost and no currency")
    func free() throws {
        let period = try period("2026-11-01", "2026-11-02")
        let source = BillSource(
            spans: [span(.idle, period.start, hours: 24)], requests: [], terms: [],
            firstRecords: ["a": period.start])
        let bill = Bill(source, period: period, by: .day)
        #expect(bill.rows.map(\.cost) == [0])
        #expect(bill.rows.map(\.currency) == [nil])
        #expect(bill.rows.map(\.usage.idle) == [24 * Self.hour])
    }

    @Test("an empty ledger makes an empty bill")
    func empty() throws {
        let folder = try TemporaryFolder()
        let database = try Database(path: folder.file("a.db"), modules: [Ledger.schema])
        let bill = try Bill(from: database, period: period("2026-11-01", "2026-11-03"))
        #expect(bill.rows == [])
        #expect(bill.totals == [])
        let error = #expect(throws: MeteringError.self) {
            try Bill(from: database, period: period("2026-11-01", "2026-11-03"), service: "a")
        }
        #expect(error?.code == .unknownService)
    }

    @Test("random spans and requests add up as a naive sum does, by day and by key", arguments: 1...30)
    func naive(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let zone = ["GMT", "Asia/Shanghai", "Europe/Berlin", "America/St_Johns"][Int(seed % 4)]
        let period = try period("2026-10-20", "2026-10-30", zone)
        let ledger = RandomLedger(period: period, using: &generator)
        let folder = try TemporaryFolder()
        let database = try Database(path: folder.file("a.db"), modules: [Ledger.schema])
        try ledger.write(to: database)

        let byDay = try Bill(from: database, period: period, by: .day)
        let expected = ledger.naiveTotals(in: period)
        for grouping in Bill.Grouping.allCases {
            let bill = try Bill(from: database, period: period, by: grouping)
            #expect(bill.totals == byDay.totals, "seed \(seed)")
            var usage = Usage()
            for row in bill.rows { usage += row.usage }
            #expect(usage == expected.usage, "seed \(seed) by \(grouping)")
            #expect(bill.rows.map(\.cost).reduce(0, +) == bill.totals.map(\.cost).reduce(0, +), "seed \(seed)")
        }
        // Each row is rounded once.
        let cost = Double(byDay.totals.map(\.cost).reduce(0, +)) / 1e4
        #expect(abs(cost - expected.cost) <= Double(byDay.rows.count) * 0.00005 + 1e-6, "seed \(seed)")
        let alwaysOn = Double(byDay.totals.compactMap(\.alwaysOnCost).reduce(0, +)) / 1e4
        #expect(abs(alwaysOn - expected.alwaysOn) <= Double(byDay.rows.count) * 0.00005 + 1e-6, "seed \(seed)")

        for service in ["a", "b"] {
            let single = try Bill(from: database, period: period, service: service)
            #expect(single.rows == byDay.rows.filter { $0.service == service }, "seed \(seed)")
        }
    }
}
