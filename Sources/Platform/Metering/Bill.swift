/// What the instances cost and did, by service and day or by service and key.
///
/// All figures are whole numbers, and every total is the sum of the rows that it stands under.
package struct Bill: Sendable, Equatable {
    package enum Grouping: String, Sendable, CaseIterable {
        case day, key
    }

    package struct Row: Sendable, Equatable {
        package var service: String
        /// nil: all days of the bill.
        package var day: String?
        /// The caller's id; "" for time of instances on days without a request. nil: all callers.
        package var caller: String?
        /// nil: no price was set; then nothing has a cost.
        package var currency: String?
        package var usage = Usage()
        /// Ten-thousandths of the currency's unit.
        package var cost = 0
        /// What max(1, minimum) instances would have cost, running all the time since the service's first record. By
        /// key it is known for totals alone.
        package var alwaysOnCost: Int?
    }

    package var period: BillPeriod
    package var grouping: Grouping
    package var rows: [Row]
    /// One for each currency, `service` being empty.
    package var totals: [Row]
}

/// What is counted: instances' time by state, and requests.
package struct Usage: Sendable, Equatable {
    /// Microseconds, from the start of an instance to its readiness: what cold starts cost.
    package var starting = 0
    package var idle = 0
    package var busy = 0
    package var draining = 0
    package var requests = 0
    /// Of `requests`, those that no client got an answer to, for a reason that was not the client's.
    package var failures = 0
    package var promptTokens = 0
    package var cachedTokens = 0
    package var generatedTokens = 0
    package var wastedTokens = 0

    package init() {}

    package var instanceTime: Int { starting + idle + busy + draining }

    private static let fields: [any WritableKeyPath<Usage, Int> & Sendable] = [
        \.starting, \.idle, \.busy, \.draining, \.requests, \.failures, \.promptTokens, \.cachedTokens,
        \.generatedTokens, \.wastedTokens,
    ]

    package static func += (total: inout Self, part: Self) {
        for field in fields { total[keyPath: field] += part[keyPath: field] }
    }

    mutating func add(_ time: Int, of kind: InstanceSpan.Kind) {
        switch kind {
        case .starting: starting += time
        case .idle: idle += time
        case .busy: busy += time
        case .draining: draining += time
        }
    }
}
