/// What a service's instances cost from a moment on, and how many its owner keeps at least.
///
/// The ledger keeps all terms that ever held, so that a bill of last month is made with last month's prices.
package struct ServiceTerms: Sendable, Equatable {
    package var service: String
    /// Microseconds since 1970.
    package var since: Int
    package var minimumInstances: Int
    /// nil: free of charge, or not said.
    package var price: InstancePrice?

    package init(service: String, since: Int, minimumInstances: Int, price: InstancePrice?) {
        self.service = service
        self.since = since
        self.minimumInstances = minimumInstances
        self.price = price
    }
}

/// The price of one instance.
package struct InstancePrice: Sendable, Equatable {
    /// Millionths of the currency's unit for an hour.
    package var millionthsPerHour: Int
    package var currency: String

    package init(millionthsPerHour: Int, currency: String) {
        self.millionthsPerHour = millionthsPerHour
        self.currency = currency
    }

    /// As people write it: 2.83 for an hour.
    package init(perInstanceHour: Double, currency: String) {
        let bounded = perInstanceHour.isFinite ? min(max(perInstanceHour, 0), Limits.pricePerHour) : 0
        self.init(millionthsPerHour: Int((bounded * 1e6).rounded()), currency: currency)
    }
}
