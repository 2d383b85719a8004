/// How much room to keep beyond the forecast, in standard deviations of a random stream of requests, learnt from the
/// waits themselves: more after a request waited although instances were there, less while none does.
///
/// Each wait beyond the objective widens it as much as `1 / share` requests without one narrow it again, so it settles
/// where that share of requests waits (Robbins and Monro's estimate of a quantile).
struct Headroom: Sendable, Equatable, Codable {
    private(set) var deviations = Limits.presumedHeadroom

    mutating func record(waited: Duration, objective: Duration) {
        let step = waited > objective ? 1 - Limits.waitingShare : -Limits.waitingShare
        deviations = min(max(deviations + Limits.headroomStep * step, 0), Limits.mostHeadroom)
    }

    /// Slots that `requests` requests need, of which `certain`, 0 to 1, are those that are there now.
    func slots(for requests: Double, certain: Double) -> Double {
        let variance = requests * (1 - certain * certain)
        return min(requests + deviations * variance.squareRoot(), requests / Limits.leastUse)
    }
}
