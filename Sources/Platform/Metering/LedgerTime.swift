/// A moment on two clocks: what time it is, and how much time has passed.
///
/// Lives are measured by the second, which never jumps; the first only says where on the calendar they stand.
package struct LedgerTime: Sendable, Equatable {
    /// Microseconds since 1970.
    package var wall: Int
    /// Since any fixed moment.
    package var uptime: Duration

    package init(wall: Int, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }
}

extension Duration {
    /// Rounded towards zero.
    var microseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }
}

/// Seconds as the ledger stores them: whole microseconds; what is no number counts as zero, what is too large as the
/// largest.
func microseconds(_ seconds: Double) -> Int {
    guard seconds.isFinite else { return 0 }
    return Int((min(max(seconds, -Limits.seconds), Limits.seconds) * 1e6).rounded())
}
