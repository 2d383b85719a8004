import Metering
import Storage
import TestSupport

/// Random spans, requests and prices, written as the ledger does, and their sums worked out in the most naive way.
struct RandomLedger {
    private var spans: [InstanceSpan] = []
    private var requests: [RequestEntry] = []
    private var terms: [ServiceTerms] = []

    init(period: BillPeriod, using generator: inout SeededGenerator) {
        let length = period.end - period.start
        for service in ["a", "b"] {
            for _ in 0..<3 {
                terms.append(
                    ServiceTerms(
                        service: service, since: period.start + Int.random(in: -length...length, using: &generator),
                        minimumInstances: Int.random(in: 0...2, using: &generator),
                        price: InstancePrice(
                            millionthsPerHour: Int.random(in: 0...9_000_000, using: &generator), currency: "CNY")))
            }
            for number in 0..<60 {
                let start = period.start + Int.random(in: -length / 10...length, using: &generator)
                let end = start + Int.random(in: 1...length / 8, using: &generator)
                let kind = InstanceSpan.Kind.allCases.randomElement(using: &generator) ?? .idle
                spans.append(
                    InstanceSpan(instance: "\(service)-\(number)", service: service, kind: kind, start: start, end: end)
                )
            }
            for number in 0..<200 {
                let time = period.start + Int.random(in: -length / 10...length * 11 / 10, using: &generator)
                let outcomes = [("completed", 200), ("completed", 502), ("client_gone", 499), ("queue_full", 429)]
                let (outcome, status) = outcomes.randomElement(using: &generator) ?? ("completed", 200)
                requests.append(
                    Sample.request(
                        "\(service)-r\(number)", service: service,
                        caller: "key_\(Int.random(in: 1...3, using: &generator))", time: Double(time) / 1e6,
                        outcome: outcome, status: status, generated: Int.random(in: 0...500, using: &generator),
                        duration: Double.random(in: 0.5...100, using: &generator)))
            }
        }
    }

    /// Twice, as a repeated commit does.
    func write(to database: Database) throws {
        for _ in 0..<2 {
            var buffer = LedgerBuffer()
            for span in spans { _ = buffer.append(.span(span), now: .zero) }
            for request in requests { _ = buffer.append(.request(request), now: .zero) }
            for entry in terms { _ = buffer.append(.terms(entry), now: .zero) }
            while case .commit(let records) = buffer.next(now: .zero, flushing: true) {
                try Ledger.write(records, to: database)
                _ = buffer.succeeded()
            }
        }
    }

    func naiveTotals(in period: BillPeriod) -> (usage: Usage, cost: Double, alwaysOn: Double) {
        var usage = Usage()
        var cost = 0.0
        for span in spans {
            let start = max(span.start, period.start)
            let end = min(span.end, period.end)
            guard start < end else { continue }
            switch span.kind {
            case .starting: usage.starting += end - start
            case .idle: usage.idle += end - start
            case .busy: usage.busy += end - start
            case .draining: usage.draining += end - start
            }
            cost += money(span.service, start, end) { _ in 1 }
        }
        for request in requests {
            let time = Int((request.time * 1e6).rounded())
            guard time >= period.start, time < period.end else { continue }
            usage.requests += 1
            if request.status >= 500 || request.outcome == "queue_full" { usage.failures += 1 }
            usage.promptTokens += request.promptTokens
            usage.cachedTokens += request.cachedTokens
            usage.generatedTokens += request.generatedTokens
            usage.wastedTokens += request.wastedTokens
        }
        let alwaysOn = ["a", "b"].map { service in
            let firstSpan = spans.filter { $0.service == service }.map(\.start).min() ?? .max
            let firstRequest = requests.filter { $0.service == service }.map { Int(($0.time * 1e6).rounded()) }.min()
            let start = max(period.start, min(firstSpan, firstRequest ?? .max))
            return money(service, start, period.end) { Double(max(1, $0.minimumInstances)) }
        }.reduce(0, +)
        return (usage, cost, alwaysOn)
    }

    /// Cut at every change of terms.
    private func money(_ service: String, _ start: Int, _ end: Int, instances: (ServiceTerms) -> Double) -> Double {
        let mine = terms.filter { $0.service == service }.sorted { $0.since < $1.since }
        return mine.indices.map { index in
            let from = max(start, index == 0 ? .min : mine[index].since)
            let to = min(end, index + 1 < mine.count ? mine[index + 1].since : .max)
            guard from < to else { return 0 }
            let hours = Double(to - from) / 3.6e9
            return hours * Double(mine[index].price?.millionthsPerHour ?? 0) / 1e6 * instances(mine[index])
        }.reduce(0, +)
    }
}
