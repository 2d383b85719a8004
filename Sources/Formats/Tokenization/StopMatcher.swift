/// Looks for several strings at once in bytes that come one by one (Knuth, Morris and Pratt's automaton for each).
struct StopMatcher {
    struct Match {
        /// Which string, as given.
        var index: Int
        var length: Int
    }

    /// All strings, one after the other, and for each prefix the length of its longest proper border.
    private var bytes: [UInt8] = []
    private var borders: [Int32] = []
    private var patterns: [Pattern] = []

    private struct Pattern {
        var index: Int
        var start: Int
        var length: Int
        /// How many of its bytes the text ends with.
        var matched = 0
    }

    /// Empty strings are left out: they would match everywhere.
    init(_ strings: [String]) {
        for (index, string) in strings.enumerated() where !string.isEmpty {
            let start = bytes.count
            bytes.append(contentsOf: string.utf8)
            let length = bytes.count - start
            patterns.append(Pattern(index: index, start: start, length: length))
            borders.append(0)
            var border = 0
            for position in 1..<max(length, 1) {
                while border > 0, bytes[start + position] != bytes[start + border] {
                    border = Int(borders[start + border - 1])
                }
                if bytes[start + position] == bytes[start + border] { border += 1 }
                borders.append(Int32(border))
            }
        }
    }

    var longest: Int { patterns.reduce(0) { max($0, $1.length) } }

    /// The most bytes at the text's end that could be the start of a match.
    var pending: Int { patterns.reduce(0) { max($0, $1.matched) } }

    /// The match that `byte` ends; of several the longest, of equal ones the first given.
    mutating func append(_ byte: UInt8) -> Match? {
        var match: Match?
        for number in patterns.indices {
            let start = patterns[number].start
            let length = patterns[number].length
            var matched = patterns[number].matched
            while matched > 0, bytes[start + matched] != byte { matched = Int(borders[start + matched - 1]) }
            if bytes[start + matched] == byte { matched += 1 }
            if matched == length {
                if length > match?.length ?? 0 { match = Match(index: patterns[number].index, length: length) }
                matched = Int(borders[start + length - 1])
            }
            patterns[number].matched = matched
        }
        return match
    }
}
