/// One service's part of a bill, by day.
///
/// Time is cut where a day ends or the terms change; in each cell of that grid one price holds. Terms hold backward
/// too, up to the first ones: what ran before them costs what they say.
struct ServiceBill {
    private struct Cell {
        var start: Int
        var end: Int
        /// Index into `rows`.
        var row: Int
        var terms: ServiceTerms?
    }

    /// Money before rounding: microseconds × millionths for an hour.
    private struct Sums {
        var cost = Int128(0)
        var alwaysOn = Int128(0)
    }

    /// In the order of days; one more where a day saw two currencies.
    private(set) var rows: [Bill.Row] = []
    /// Day's index → the row that its requests are counted in.
    private(set) var rowOfDay: [Int: Int] = [:]
    private var sums: [Sums] = []
    private var cells: [Cell] = []

    /// `terms` are this service's, in the order of time; `first` is when the service begins.
    init(service: String, period: BillPeriod, terms: [ServiceTerms], first: Int) {
        for (index, day) in period.days.enumerated() where day.end > first {
            var start = max(day.start, first)
            while start < day.end {
                let current = terms.last { $0.since <= start } ?? terms.first
                let change = terms.first { $0.since > start }?.since ?? day.end
                let end = min(day.end, change)
                addCell(from: start, to: end, service: service, day: (index, day.name), terms: current)
                start = end
            }
        }
        for cell in cells {
            let instances = Int128(max(1, cell.terms?.minimumInstances ?? 0))
            sums[cell.row].alwaysOn += Int128(cell.end - cell.start) * instances * Self.price(cell)
        }
    }

    private mutating func addCell(
        from start: Int, to end: Int, service: String, day: (index: Int, name: String), terms: ServiceTerms?
    ) {
        let currency = terms?.price?.currency
        let row: Int
        if let present = rows.firstIndex(where: { $0.day == day.name && $0.currency == currency }) {
            row = present
        } else {
            row = rows.count
            rows.append(Bill.Row(service: service, day: day.name, currency: currency))
            sums.append(Sums())
        }
        // The last currency of a day is that of its requests.
        rowOfDay[day.index] = row
        cells.append(Cell(start: start, end: end, row: row, terms: terms))
    }

    private static func price(_ cell: Cell) -> Int128 { Int128(cell.terms?.price?.millionthsPerHour ?? 0) }

    mutating func add(_ span: InstanceSpan) {
        // The first cell that ends after the span's start: cells follow each other without gaps.
        var lower = 0
        var upper = cells.count
        while lower < upper {
            let middle = (lower + upper) / 2
            if cells[middle].end <= span.start { lower = middle + 1 } else { upper = middle }
        }
        for cell in cells[lower...] {
            guard cell.start < span.end else { return }
            let time = span.duration(from: cell.start, to: cell.end)
            rows[cell.row].usage.add(time, of: span.kind)
            sums[cell.row].cost += Int128(time) * Self.price(cell)
        }
    }

    mutating func add(_ requests: BillSource.Requests) {
        guard let row = rowOfDay[requests.day] else { return }
        rows[row].usage += requests.usage
    }

    /// Rounds the money, row by row: totals add up what the reader sees.
    mutating func settle() {
        for row in rows.indices {
            rows[row].cost = Self.rounded(sums[row].cost)
            rows[row].alwaysOnCost = Self.rounded(sums[row].alwaysOn)
        }
    }

    /// Microseconds × millionths for an hour → ten-thousandths, to the nearest.
    private static func rounded(_ product: Int128) -> Int {
        let divisor = Int128(3_600 * 1_000_000) * 100
        return Int((product + divisor / 2) / divisor)
    }
}
