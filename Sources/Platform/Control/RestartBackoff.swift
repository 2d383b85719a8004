/// When an instance may be started again after one failed.
///
/// A start that fails is tried again after 0.5 s, 1 s, 2 s … 60 s; without chance in it, so that a simulation repeats.
/// An instance that had served and crashes is replaced at once; only one that keeps crashing soon after its start
/// waits too. Failures of starts that ran side by side count once: they have one cause.
package struct RestartBackoff: Sendable, Equatable {
    /// Misfortunes since an instance last proved itself; they set the delay.
    package private(set) var streak = 0
    /// Starts in a row that never became ready.
    package private(set) var failedStarts = 0
    /// No start before.
    package private(set) var notBefore = Duration.zero
    package private(set) var lastReason = ""
    private var countedUntil: Duration?

    package init() {}

    /// Whoever waits is told that it is in vain, unless an instance is there or on its way.
    package var isHopeless: Bool { failedStarts >= Limits.failedStarts }

    /// A start that began at `start` failed.
    package mutating func startFailed(_ reason: String, start: Duration, now: Duration) {
        lastReason = reason
        if let countedUntil, start < countedUntil { return }
        countedUntil = now
        streak += 1
        failedStarts += 1
        notBefore = now + Self.delay(after: streak)
    }

    /// An instance became ready.
    package mutating func becameReady() { failedStarts = 0 }

    /// An instance ended unasked, or had to be ended, after it had been ready for `served`.
    package mutating func crashed(_ reason: String, served: Duration, now: Duration) {
        lastReason = reason
        if served >= Limits.provenService { streak = 0 }
        streak += 1
        notBefore = streak == 1 ? now : now + Self.delay(after: streak - 1)
    }

    /// An instance has been ready for long enough: what was is forgotten.
    package mutating func proved() {
        streak = 0
        failedStarts = 0
    }

    private static func delay(after streak: Int) -> Duration {
        // 2^7 × 0.5 s is above the bound already; a higher power would only overflow one day.
        min(Limits.firstBackoff * (1 << min(max(streak - 1, 0), 7)), Limits.longestBackoff)
    }
}
