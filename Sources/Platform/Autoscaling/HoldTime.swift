/// How long to keep an instance that is not needed, learnt from how soon such instances were needed again.
///
/// Every gap between "not needed" and "needed again" tells what each of a few holds would have cost: the gap itself if
/// it was bridged, else the hold and a start. The hold whose gaps were the cheapest is taken. So batches that come
/// every three minutes let instances go early, because holding them never reaches the next batch, while a load that
/// swings within the minute keeps them. (The rent-or-buy choice, with the distribution learnt.)
struct HoldTime: Sendable, Equatable, Codable {
    /// What the gaps would have cost under each of `Limits.holds`, in instance seconds. Old ones fade. Empty before the
    /// first gap.
    private var costs: [Double] = []
    /// Since when the instance of each place, counted from the first, has not been needed.
    private var unneededSince: [Double] = []
    private var needed = 0

    /// The cheapest hold in seconds; of equal ones the longest.
    var seconds: Double {
        let choices = zip(Limits.holds, costs)
        return choices.min { ($0.1, -$0.0) < ($1.1, -$1.0) }?.0 ?? Limits.longestHold
    }

    /// From `now` on `count` instances are needed, and a start takes `startSeconds`.
    mutating func record(needed count: Int, startSeconds: Double, now: Double) {
        for place in min(needed, count, unneededSince.count)..<min(count, unneededSince.count) {
            add(gap: now - unneededSince[place], startCost: Limits.startWeight * startSeconds * startSeconds)
        }
        while unneededSince.count < needed { unneededSince.append(now) }
        for place in min(count, needed)..<needed { unneededSince[place] = now }
        needed = count
    }

    private mutating func add(gap: Double, startCost: Double) {
        // As if the shorter ones had cost a start already: instances that are let go too early make requests wait, so
        // it takes more than one long gap to believe in them.
        if costs.count != Limits.holds.count { costs = Limits.holds.map { $0 < Limits.longestHold ? startCost : 0 } }
        for (index, hold) in Limits.holds.enumerated() {
            costs[index] = costs[index] * Limits.gapFading + (gap <= hold ? gap : hold + startCost)
        }
    }
}
