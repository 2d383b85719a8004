/// Requests in the order of their arrival, as a service once got them.
package struct Trace: Sendable, Equatable {
    package var name: String
    package var requests: [TracedRequest]

    package init(name: String, requests: [TracedRequest]) {
        self.name = name
        self.requests = requests
    }

    /// From the first arrival to the last, in seconds.
    package var span: Double { requests.last?.arrival ?? 0 }

    /// The same requests `factor` times as far apart.
    package func stretched(by factor: Double) -> Trace {
        var copy = self
        for index in copy.requests.indices { copy.requests[index].arrival *= factor }
        return copy
    }

    /// Sorted by arrival, which counts from the first; requests of one moment keep their order.
    static func ordered(name: String, _ requests: [TracedRequest]) -> Trace {
        let sorted = requests.enumerated()
            .sorted { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }.map(\.element)
        let start = sorted.first?.arrival ?? 0
        return Trace(
            name: name,
            requests: sorted.map {
                TracedRequest(
                    arrival: $0.arrival - start, promptTokens: $0.promptTokens, generatedTokens: $0.generatedTokens)
            })
    }
}

/// One request of a trace.
package struct TracedRequest: Sendable, Equatable {
    /// Seconds after the trace's first request.
    package var arrival: Double
    package var promptTokens: Int
    package var generatedTokens: Int

    package init(arrival: Double, promptTokens: Int, generatedTokens: Int) {
        self.arrival = arrival
        self.promptTokens = promptTokens
        self.generatedTokens = generatedTokens
    }
}
