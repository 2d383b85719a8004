import ArgumentParser

/// A size in bytes as people write it: `512MB`, `1.5GiB`, `4096`.
struct ByteCount: ExpressibleByArgument, Sendable {
    let bytes: Int

    private static let units: [(suffix: String, bytes: Double)] = [
        ("KIB", 1024), ("MIB", 1024 * 1024), ("GIB", 1024 * 1024 * 1024), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9),
        ("K", 1024), ("M", 1024 * 1024), ("G", 1024 * 1024 * 1024), ("B", 1), ("", 1),
    ]

    init?(argument: String) {
        let text = argument.uppercased()
        guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }),
            let number = Double(text.dropLast(unit.suffix.count)), number > 0, number * unit.bytes < 1e15
        else { return nil }
        bytes = Int(number * unit.bytes)
    }
}
