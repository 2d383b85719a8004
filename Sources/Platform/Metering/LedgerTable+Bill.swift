internal import GRDB
package import Storage

extension Bill {
    /// The bill of what the ledger holds, of one service or of all, whether or not the platform runs.
    package init(
        from database: Storage.Database, period: BillPeriod, service: String? = nil, by grouping: Grouping = .day
    ) throws {
        let source = try database.read { try LedgerTable.billSource(for: period, service: service, in: $0) }
        self.init(source, period: period, by: grouping)
    }
}

extension LedgerTable {
    static func billSource(
        for period: BillPeriod, service: String?, in connection: Connection
    ) throws -> BillSource {
        var firsts = try firstRecords(in: connection)
        if let service {
            guard let first = firsts[service] else { throw unknown(service, among: firsts.keys.sorted()) }
            firsts = [service: first]
        }
        var source = BillSource(spans: [], requests: [], terms: try terms(in: connection), firstRecords: firsts)
        for service in firsts.keys.sorted() {
            source.spans += try spans(of: service, in: period, connection)
            for index in period.days.indices {
                source.requests += try requests(of: service, on: index, of: period, connection)
            }
        }
        return source
    }

    private static func unknown(_ service: String, among known: [String]) -> MeteringError {
        let names = known.isEmpty ? "It is empty." : "It knows: \(known.joined(separator: ", "))."
        return MeteringError(.unknownService, "The ledger has no record of a service '\(service)'. \(names)")
    }

    private static func firstRecords(in connection: Connection) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            connection,
            sql: """
                SELECT service, min(first) AS first FROM (
                  SELECT service, min(time) AS first FROM request GROUP BY service
                  UNION ALL SELECT service, min(start) FROM instance_span GROUP BY service
                ) GROUP BY service
                """)
        return Dictionary(rows.map { ($0["service"], $0["first"]) }) { first, _ in first }
    }

    private static func spans(
        of service: String, in period: BillPeriod, _ connection: Connection
    ) throws -> [InstanceSpan] {
        let rows = try Row.fetchCursor(
            connection,
            sql: #"SELECT * FROM instance_span WHERE service = ? AND "end" > ? AND start < ? ORDER BY start"#,
            arguments: [service, period.start, period.end])
        var spans: [InstanceSpan] = []
        while let row = try rows.next() {
            // A kind of a later version is none that this one could bill.
            guard let kind = InstanceSpan.Kind(rawValue: row["kind"]) else { continue }
            spans.append(
                InstanceSpan(
                    instance: row["instance"], service: service, kind: kind, start: row["start"], end: row["end"],
                    duration: row["duration"]))
        }
        return spans
    }

    private static func requests(
        of service: String, on index: Int, of period: BillPeriod, _ connection: Connection
    ) throws -> [BillSource.Requests] {
        let query = try connection.cachedStatement(
            sql: """
                SELECT caller, count(*) AS requests,
                  sum(status >= 500 OR outcome NOT IN ('completed', 'client_gone')) AS failures,
                  sum(prompt_tokens) AS prompt, sum(cached_tokens) AS cached, sum(generated_tokens) AS generated,
                  sum(wasted_tokens) AS wasted, sum(iif(instance IS NULL, 0, max(0, duration - waited))) AS running
                FROM request WHERE service = ? AND time >= ? AND time < ? GROUP BY caller
                """)
        let day = period.days[index]
        return try Row.fetchAll(query, arguments: [service, day.start, day.end]).map { row in
            var usage = Usage()
            usage.requests = row["requests"]
            usage.failures = row["failures"]
            usage.promptTokens = row["prompt"]
            usage.cachedTokens = row["cached"]
            usage.generatedTokens = row["generated"]
            usage.wastedTokens = row["wasted"]
            return BillSource.Requests(
                service: service, day: index, caller: row["caller"], usage: usage, running: row["running"])
        }
    }
}
