internal import Glibc

/// The time of day as keys' lives are measured.
package enum WallClock {
    /// Seconds since 1970.
    @Sendable package static func seconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec
    }
}
