internal import GRDB
internal import Glibc
internal import Storage

/// The ledger in the database: plain SQL and nothing else. Times and durations are in microseconds.
enum LedgerTable {
    static let schema = SchemaModule(
        name: "metering",
        steps: [
            { connection in
                try connection.execute(
                    sql: """
                        CREATE TABLE request (
                          id TEXT NOT NULL,
                          service TEXT NOT NULL,
                          caller TEXT NOT NULL,
                          instance TEXT,
                          time INTEGER NOT NULL,
                          outcome TEXT NOT NULL,
                          status INTEGER NOT NULL,
                          prompt_tokens INTEGER NOT NULL,
                          cached_tokens INTEGER NOT NULL,
                          generated_tokens INTEGER NOT NULL,
                          wasted_tokens INTEGER NOT NULL,
                          waited INTEGER NOT NULL,
                          first_token INTEGER,
                          duration INTEGER NOT NULL,
                          attempts INTEGER NOT NULL,
                          -- Callers may choose the id, and choose it twice. The time comes first, so that new
                          -- entries stand side by side: ids are random, and each would dirty a page of its own.
                          PRIMARY KEY (time, id)
                        ) STRICT, WITHOUT ROWID;
                        CREATE TABLE instance_span (
                          instance TEXT NOT NULL,
                          kind TEXT NOT NULL,
                          start INTEGER NOT NULL,
                          "end" INTEGER NOT NULL,
                          duration INTEGER NOT NULL,
                          service TEXT NOT NULL,
                          PRIMARY KEY (instance, kind, start)
                        ) STRICT, WITHOUT ROWID;
                        CREATE INDEX instance_span_by_end ON instance_span (service, "end");
                        CREATE TABLE service_terms (
                          service TEXT NOT NULL,
                          since INTEGER NOT NULL,
                          minimum INTEGER NOT NULL,
                          price INTEGER,
                          currency TEXT,
                          PRIMARY KEY (service, since)
                        ) STRICT, WITHOUT ROWID;
                        """)
            }
        ])

    /// Writes entries. Those that are there already stay as they are, except spans, which may have grown.
    ///
    /// A group of the usual size is written with short pauses: the scheduler lets a thread that computes run for
    /// milliseconds before it gives the core to one that has just woken up, and on few cores that one carries requests.
    static func insert(_ records: [LedgerRecord], in connection: Connection) throws {
        let request = try connection.cachedStatement(
            sql: """
                INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (time, id) DO NOTHING
                """)
        let span = try connection.cachedStatement(
            sql: """
                INSERT INTO instance_span VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (instance, kind, start) DO UPDATE
                SET "end" = max("end", excluded."end"), duration = max(duration, excluded.duration)
                """)
        let terms = try connection.cachedStatement(
            sql: "INSERT INTO service_terms VALUES (?, ?, ?, ?, ?) ON CONFLICT (service, since) DO NOTHING")
        let givesWay = records.count <= 2 * Limits.commitEntries
        for (index, record) in records.enumerated() {
            if givesWay, index % Limits.entriesBetweenPauses == 0, index > 0 { usleep(Limits.pauseMicroseconds) }
            switch record {
            case .request(let entry): try request.execute(arguments: arguments(entry))
            case .span(let entry):
                try span.execute(arguments: [
                    bounded(entry.instance), entry.kind.rawValue, entry.start, entry.end, entry.duration,
                    bounded(entry.service),
                ])
            case .terms(let entry):
                try terms.execute(arguments: [
                    bounded(entry.service), entry.since, entry.minimumInstances, entry.price?.millionthsPerHour,
                    entry.price?.currency,
                ])
            }
        }
    }

    private static func arguments(_ entry: RequestEntry) -> StatementArguments {
        [
            bounded(entry.id), bounded(entry.service), bounded(entry.caller), entry.instance.map(bounded),
            microseconds(entry.time), bounded(entry.outcome), entry.status, entry.promptTokens, entry.cachedTokens,
            entry.generatedTokens, entry.wastedTokens, microseconds(entry.waited),
            entry.timeToFirstToken.map(microseconds), microseconds(entry.duration), entry.attempts,
        ]
    }

    /// Whole characters, as many as fit.
    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > Limits.textBytes else { return text }
        return String(decoding: text.utf8.prefix(Limits.textBytes), as: UTF8.self)
    }

    static func terms(in connection: Connection) throws -> [ServiceTerms] {
        try Row.fetchAll(connection, sql: "SELECT * FROM service_terms ORDER BY service, since").map { row in
            let price = row["price"] as Int?
            return ServiceTerms(
                service: row["service"], since: row["since"], minimumInstances: row["minimum"],
                price: price.map { InstancePrice(millionthsPerHour: $0, currency: row["currency"] ?? "") })
        }
    }

    static func request(_ id: String, in connection: Connection) throws -> RequestEntry? {
        let sql = "SELECT * FROM request WHERE id = ? ORDER BY time DESC LIMIT 1"
        return try Row.fetchOne(connection, sql: sql, arguments: [id]).map { row in
            func seconds(_ column: String) -> Double { Double(row[column] as Int) / 1e6 }
            return RequestEntry(
                id: row["id"], service: row["service"], caller: row["caller"], instance: row["instance"],
                time: seconds("time"), outcome: row["outcome"], status: row["status"],
                promptTokens: row["prompt_tokens"], cachedTokens: row["cached_tokens"],
                generatedTokens: row["generated_tokens"], wastedTokens: row["wasted_tokens"],
                waited: seconds("waited"), timeToFirstToken: (row["first_token"] as Int?).map { Double($0) / 1e6 },
                duration: seconds("duration"), attempts: row["attempts"])
        }
    }

    /// The highest number that an instance of each service had; names are `service-number`.
    static func lastInstanceNumbers(in connection: Connection) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            connection,
            sql: """
                SELECT service, max(CAST(substr(instance, length(service) + 2) AS INTEGER)) AS number
                FROM instance_span GROUP BY service
                """)
        return Dictionary(rows.map { ($0["service"], $0["number"]) }) { first, _ in first }
    }
}
