import Glibc

/// The time of day.
enum WallClock {
    static func secondsSince1970() -> Int { time(nil) }
}
