internal import Glibc

/// Requests a second over about the last minute. Older ones fade.
///
/// The memory is longer than most bursts on purpose: what has arrived is already counted among the requests there are,
/// and a burst that ends as it began must not be taken for the rate of the next minute.
struct ArrivalRate: Sendable, Equatable, Codable {
    private var count = 0.0
    private var began: Double?
    private var updatedAt = 0.0

    mutating func add(now: Double) {
        count = count * exp(-max(0, now - updatedAt) / Limits.arrivalMemory) + 1
        updatedAt = max(now, updatedAt)
        began = began ?? now
    }

    func perSecond(now: Double) -> Double {
        guard let began else { return 0 }
        let faded = count * exp(-max(0, now - updatedAt) / Limits.arrivalMemory)
        // A service that is new is not diluted by the time before its first request; two seconds count whole all the
        // same, or the first two requests would be a flood.
        let age = max(Limits.leastArrivalAge, now - began)
        return faded / (Limits.arrivalMemory * (1 - exp(-age / Limits.arrivalMemory)))
    }
}
