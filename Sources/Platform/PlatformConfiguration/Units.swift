/// Spans of time as people write them: `500ms`, `30s`, `10m`, `2h`.
enum TimeSpan {
    private static let units: [(name: String, milliseconds: Int)] = [
        ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    static func parse(_ text: String) throws(Complaint) -> Duration {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        guard !digits.isEmpty, let factor = units.first(where: { $0.name == unit })?.milliseconds else {
            throw Complaint("\(quoted(text)) is no span of time: write a whole number and ms, s, m or h, as in 90s")
        }
        guard let number = Int(digits) else { throw Complaint("\(quoted(text)) is too long a span of time") }
        let (milliseconds, isOverflow) = number.multipliedReportingOverflow(by: factor)
        guard !isOverflow else { throw Complaint("\(quoted(text)) is too long a span of time") }
        return .milliseconds(milliseconds)
    }

    /// In the largest unit that shows it exactly.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        guard milliseconds != 0 else { return "0s" }
        let unit = units.first { milliseconds % Int64($0.milliseconds) == 0 } ?? ("ms", 1)
        return "\(milliseconds / Int64(unit.milliseconds))\(unit.name)"
    }
}

/// Numbers of bytes as people write them: decimal `6GB`, binary `6GiB`.
enum ByteSize {
    private static let units: [(name: String, bytes: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("B", 1),
    ]

    static func parse(_ text: String) throws(Complaint) -> Int {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        guard let number = Double(digits), let factor = units.first(where: { $0.name.lowercased() == unit })?.bytes
        else {
            throw Complaint("\(quoted(text)) is no size: write a number and KB, MB, GB, TB or KiB, MiB, …, as in 6GB")
        }
        guard number * Double(factor) < 1e18 else { throw Complaint("\(quoted(text)) is too large a size") }
        return Int((number * Double(factor)).rounded())
    }

    /// In the unit that shows it exactly in the fewest digits.
    static func text(_ bytes: Int) -> String {
        guard bytes != 0 else { return "0B" }
        let exact = units.filter { bytes % $0.bytes == 0 }.map { "\(bytes / $0.bytes)\($0.name)" }
        return exact.min { $0.count < $1.count } ?? "\(bytes)B"
    }
}
