import Control

/// What the charts of the last hours show: a point every few seconds, the oldest forgotten.
package struct History: Sendable {
    package struct Point: Encodable, Sendable {
        /// Milliseconds since 1970.
        package var time: Int
        package var services: [String: ServicePoint]
        /// What the instances cost since the point before, by currency.
        package var cost: [String: Double]
    }

    package struct ServicePoint: Encodable, Sendable {
        /// Ready and draining ones.
        package var instances: Int
        package var starting: Int
        package var queued: Int
        package var inFlight: Int
        package var tokensPerSecond: Double
    }

    private var points: [Point] = []
    /// Tokens by service at the last point.
    private var generated: [String: Int] = [:]
    private var last: Duration?

    /// When the next point is due.
    var next: Duration { last.map { $0 + Limits.historyInterval } ?? .zero }

    /// - Parameter prices: of an instance hour, by service.
    mutating func record(
        _ snapshot: PlatformSnapshot, prices: [String: (perHour: Double, currency: String)], now: Duration
    ) {
        let passed = last.map { max(now - $0, .milliseconds(1)) } ?? Limits.historyInterval
        var point = Point(time: Int(now / .milliseconds(1)), services: [:], cost: [:])
        for service in snapshot.services {
            let total =
                service.totals.usage.generated + service.instances.reduce(0) { $0 + $1.generatingTokens }
            let starting = service.instances.count { $0.state == .starting }
            point.services[service.name] = ServicePoint(
                instances: service.instances.count - starting, starting: starting, queued: service.queue.requests,
                inFlight: service.inFlight,
                tokensPerSecond: Double(max(0, total - generated[service.name, default: total])) / passed.seconds)
            generated[service.name] = total
            if let price = prices[service.name] {
                point.cost[price.currency, default: 0] +=
                    price.perHour * Double(service.instances.count) * passed.seconds / 3_600
            }
        }
        last = now
        points.append(point)
        if points.count > Limits.historyPoints { points.removeFirst(points.count - Limits.historyPoints) }
    }

    /// The points of the last minutes, the oldest first.
    package func points(minutes: Int, now: Duration) -> [Point] {
        let start = Int(now / .milliseconds(1)) - minutes * 60_000
        return Array(points.drop { $0.time < start })
    }
}

/// What `GET /api/admin/history` answers.
package struct HistoryReport: Encodable, Sendable {
    /// Seconds between two points.
    package var interval = Limits.historyInterval.seconds
    package var points: [History.Point]
}
