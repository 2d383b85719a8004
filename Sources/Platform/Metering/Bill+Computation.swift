extension Bill {
    /// Pure arithmetic on what the ledger holds.
    package init(_ source: BillSource, period: BillPeriod, by grouping: Grouping) {
        let terms = Dictionary(grouping: source.terms, by: \.service)
        let requests = Dictionary(grouping: source.requests, by: \.service)
        let spans = Dictionary(grouping: source.spans, by: \.service)
        var rows: [Row] = []
        var daily: [Row] = []
        for (service, first) in source.firstRecords.sorted(by: { $0.key < $1.key }) where first < period.end {
            var bill = ServiceBill(service: service, period: period, terms: terms[service] ?? [], first: first)
            for span in spans[service] ?? [] { bill.add(span) }
            for entry in requests[service] ?? [] { bill.add(entry) }
            bill.settle()
            daily += bill.rows
            if grouping == .key { rows += Self.byCaller(bill, requests[service] ?? []) }
        }
        if grouping == .day { rows = daily.sorted { ($0.day ?? "", $0.service) < ($1.day ?? "", $1.service) } }
        self.init(period: period, grouping: grouping, rows: rows, totals: Self.totals(daily))
    }

    private static func totals(_ rows: [Row]) -> [Row] {
        Dictionary(grouping: rows, by: \.currency).map { currency, rows in
            var total = Row(service: "", currency: currency, alwaysOnCost: 0)
            for row in rows {
                total.usage += row.usage
                total.cost += row.cost
                total.alwaysOnCost = (total.alwaysOnCost ?? 0) + (row.alwaysOnCost ?? 0)
            }
            return total
        }.sorted { ($0.currency ?? "") < ($1.currency ?? "") }
    }

    /// Shares each day's instance time and cost out among its callers, by how long their requests were with an
    /// instance. Days without such time are nobody's.
    private static func byCaller(_ bill: ServiceBill, _ requests: [BillSource.Requests]) -> [Row] {
        struct Key: Hashable {
            var caller: String
            var currency: String?
        }
        var shares: [Key: Row] = [:]
        func add(_ usage: Usage, cost: Int, of caller: String, in row: Row) {
            let key = Key(caller: caller, currency: row.currency)
            var share = shares[key] ?? Row(service: row.service, caller: caller, currency: row.currency)
            share.usage += usage
            share.cost += cost
            shares[key] = share
        }
        let byRow = Dictionary(grouping: requests) { bill.rowOfDay[$0.day] }
        for (index, row) in bill.rows.enumerated() {
            let callers = (byRow[index] ?? []).sorted { $0.caller < $1.caller }
            for entry in callers { add(entry.usage, cost: 0, of: entry.caller, in: row) }
            let weights = callers.map(\.running)
            if weights.reduce(0, +) == 0 {
                guard row.usage.instanceTime > 0 else { continue }
                var time = row.usage
                time.clearRequests()
                add(time, cost: row.cost, of: "", in: row)
                continue
            }
            let costs = split(row.cost, by: weights)
            let times = InstanceSpan.Kind.allCases.map { (kind: $0, parts: split(row.usage.time(of: $0), by: weights)) }
            for (position, entry) in callers.enumerated() {
                var usage = Usage()
                for (kind, parts) in times { usage.add(parts[position], of: kind) }
                add(usage, cost: costs[position], of: entry.caller, in: row)
            }
        }
        return shares.values.sorted { ($0.caller ?? "", $0.currency ?? "") < ($1.caller ?? "", $1.currency ?? "") }
    }

    /// Parts in the ratio of `weights` whose sum is `value`: differences of the rounded running sum.
    static func split(_ value: Int, by weights: [Int]) -> [Int] {
        let sum = Int128(weights.reduce(0, +))
        guard sum > 0 else { return weights.map { _ in 0 } }
        var running = Int128(0)
        var given = 0
        return weights.map { weight in
            running += Int128(weight)
            let upTo = Int(Int128(value) * running / sum)
            defer { given = upTo }
            return upTo - given
        }
    }
}

extension Usage {
    fileprivate func time(of kind: InstanceSpan.Kind) -> Int {
        switch kind {
        case .starting: starting
        case .idle: idle
        case .busy: busy
        case .draining: draining
        }
    }

    /// Leaves the instances' time alone.
    fileprivate mutating func clearRequests() {
        let whole = self
        self = Usage()
        for kind in InstanceSpan.Kind.allCases { add(whole.time(of: kind), of: kind) }
    }
}
