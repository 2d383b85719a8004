import Metering
import Testing

@Suite("The text of a bill")
struct BillTextTests {
    @Test(
        "says durations as people do",
        arguments: [
            (0, "0"), (49_999, "0.0s"), (1_250_000, "1.3s"), (59_940_000, "59.9s"), (59_960_000, "1m00s"),
            (3_599_400_000, "59m59s"), (3_599_600_000, "1h00m"), (93_600_000_000, "26h00m"),
        ])
    func durations(microseconds: Int, text: String) {
        #expect(BillText.duration(microseconds) == text)
    }

    @Test("says money exactly, and nothing where there is no price")
    func money() {
        #expect(BillText.money(28_300, "CNY") == "2.8300 CNY")
        #expect(BillText.money(7, "CNY") == "0.0007 CNY")
        #expect(BillText.money(-12_345, "EUR") == "-1.2345 EUR")
        #expect(BillText.money(5, nil) == "-")
    }

    @Test("has a row for each day or key, names keys, and ends with totals")
    func table() throws {
        let period = try BillPeriod(from: Sample.start, to: Sample.start + 3_600_000_000, timeZone: .gmt)
        let source = BillSource(
            spans: [
                InstanceSpan(
                    instance: "a-1", service: "a", kind: .busy, start: period.start, end: period.start + 1_800_000_000)
            ],
            requests: ["key_1", "key_2"].map { caller in
                var usage = Usage()
                usage.requests = 2
                return BillSource.Requests(service: "a", day: 0, caller: caller, usage: usage, running: 5)
            },
            terms: [
                ServiceTerms(
                    service: "a", since: 0, minimumInstances: 0,
                    price: InstancePrice(perInstanceHour: 2, currency: "CNY"))
            ], firstRecords: ["a": period.start])
        let zeros = ["0", "0", "0", "0", "0"]
        let byDay = BillText.rows(of: Bill(source, period: period, by: .day))
        #expect(byDay.map(\.count) == [14, 14, 14])
        #expect(
            byDay[1] == ["2027-01-15", "a", "0", "0", "30m00s", "0", "1.0000 CNY", "2.0000 CNY", "4"] + zeros)
        #expect(byDay[2] == ["TOTAL", ""] + byDay[1].dropFirst(2))
        let bill = Bill(source, period: period, by: .key)
        let byKey = BillText.rows(of: bill, names: ["key_2": "site"])
        #expect(
            byKey[1...2] == [
                ["key_1", "a", "0", "0", "15m00s", "0", "0.5000 CNY", "-", "2"] + zeros,
                ["site", "a", "0", "0", "15m00s", "0", "0.5000 CNY", "-", "2"] + zeros,
            ])
        #expect(
            BillText.comparison(of: bill) == ["Always on it would have cost 2.0000 CNY; 1.0000 CNY (50.0 %) are saved."]
        )
    }
}
