/// A stretch of one instance's life, as the bill counts it.
///
/// Mostly the instance is in one state all along and `duration` is `end` - `start`. Where it changes between idle and
/// busy many times a second, a few seconds are written as two spans over the same stretch whose durations add up to
/// its length. Instance, kind and start name a span: written again with a later end, it has grown.
package struct InstanceSpan: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable, Codable {
        /// From the start to readiness.
        case starting
        /// Ready, without a request.
        case idle
        /// At least one request in flight.
        case busy
        case draining
    }
    package var instance: String
    package var service: String
    package var kind: Kind
    /// Microseconds since 1970: whole numbers, so that sums of any length are exact.
    package var start: Int
    package var end: Int
    /// Microseconds of this kind within the stretch.
    package var duration: Int

    /// `duration` nil: all of it.
    package init(instance: String, service: String, kind: Kind, start: Int, end: Int, duration: Int? = nil) {
        self.instance = instance
        self.service = service
        self.kind = kind
        self.start = start
        self.end = end
        self.duration = duration ?? end - start
    }

    /// Microseconds of this kind between two times, shared out evenly over the stretch. Whatever way a span is cut,
    /// its pieces add up to `duration`, because each is a difference of the same rounded running sum.
    package func duration(from lower: Int, to upper: Int) -> Int {
        spent(until: min(max(upper, start), end)) - spent(until: min(max(lower, start), end))
    }

    private func spent(until time: Int) -> Int {
        end > start ? Int(Int128(duration) * Int128(time - start) / Int128(end - start)) : 0
    }
}
