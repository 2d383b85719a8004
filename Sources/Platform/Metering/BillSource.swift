/// Everything that a bill is computed from, as the ledger holds it.
package struct BillSource: Sendable {
    /// One caller's requests to one service on one day of the period.
    package struct Requests: Sendable, Equatable {
        package var service: String
        /// Index into the period's days.
        package var day: Int
        package var caller: String
        /// Instances' time is not in it.
        package var usage: Usage
        /// Microseconds that the requests were with an instance.
        package var running: Int

        package init(service: String, day: Int, caller: String, usage: Usage, running: Int) {
            self.service = service
            self.day = day
            self.caller = caller
            self.usage = usage
            self.running = running
        }
    }
    /// All that overlap the period.
    package var spans: [InstanceSpan]
    package var requests: [Requests]
    /// All there are, in the order of time.
    package var terms: [ServiceTerms]
    /// Service → microseconds since 1970 of the first span or request there ever was.
    package var firstRecords: [String: Int]

    package init(
        spans: [InstanceSpan], requests: [Requests], terms: [ServiceTerms], firstRecords: [String: Int]
    ) {
        self.spans = spans
        self.requests = requests
        self.terms = terms
        self.firstRecords = firstRecords
    }
}
