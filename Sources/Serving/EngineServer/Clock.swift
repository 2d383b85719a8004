import Glibc

/// The time of day, for fields that OpenAI's API defines as such.
enum Clock {
    static func secondsSince1970() -> Int { time(nil) }
}
