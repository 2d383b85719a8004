import Glibc

/// The time as it stands before each line of a log: UTC, to the millisecond.
enum LogClock {
    static func stamp() -> [UInt8] {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var seconds = now.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text: [UInt8] = []
        text.reserveCapacity(25)
        func put(_ value: Int, digits: Int, then mark: Character) {
            let number = String(value)
            text += repeatElement(UInt8(ascii: "0"), count: max(0, digits - number.utf8.count))
            text += number.utf8
            text += String(mark).utf8
        }
        put(Int(parts.tm_year) + 1900, digits: 4, then: "-")
        put(Int(parts.tm_mon) + 1, digits: 2, then: "-")
        put(Int(parts.tm_mday), digits: 2, then: "T")
        put(Int(parts.tm_hour), digits: 2, then: ":")
        put(Int(parts.tm_min), digits: 2, then: ":")
        put(Int(parts.tm_sec), digits: 2, then: ".")
        put(now.tv_nsec / 1_000_000, digits: 3, then: "Z")
        text += " ".utf8
        return text
    }
}
