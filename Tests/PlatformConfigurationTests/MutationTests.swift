import PlatformConfiguration
import Testing

/// A generator whose stream of numbers is its seed's alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite struct MutationTests {
    private static let pieces = [
        ":", "\n", "  ", "- ", "[", "]", "{", "}", "\"", "'", "#", "&a ", "*a", "!x ", "|", ">", "%", "? ", "~", "null",
        "---\n", "\t", "\u{0}", "\u{FEFF}", "é", "🦙", "\r\n", "\u{2028}", "\\", "<<: ", "99999999999999999999", "-1",
        "nan", "0x1F", "service", "scale", "tls", "\u{E000}", "name: a\n", "10m", "a-b",
    ]

    @Test("no change of a file makes the reader fail, and every finding has a line of the file", arguments: 0..<8)
    func mutations(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let originals = [DefaultConfiguration.text(), Samples.everything].map { Array($0) }
        var broken = 0
        for round in 0..<1_000 {
            var text = originals[round % 2]
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&text, &random) }
            let file = String(text)
            let lines = file.unicodeScalars.count { ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0) } + 2
            do {
                let effective = try EffectiveConfiguration.read(file, file: "pronk.yaml", localTimeZone: "UTC")
                _ = try EffectiveConfiguration.read(effective.yaml, file: "shown.yaml", localTimeZone: "UTC")
            } catch {
                broken += 1
                let hasLines = error.findings.allSatisfy { finding in
                    guard case .file("pronk.yaml", let line, let column) = finding.origin else { return false }
                    return (1...lines).contains(line) && column >= 1 && !finding.message.isEmpty
                }
                #expect(hasLines && !error.findings.isEmpty, "seed \(seed), round \(round): \(error)\n\(file)")
            }
        }
        #expect(broken > 300, "the changes of seed \(seed) broke hardly anything")
    }

    private static func mutate(_ text: inout [Character], _ random: inout SeededGenerator) {
        let place = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text.removeSubrange(place..<end)
        case 1: text.insert(contentsOf: pieces.randomElement(using: &random) ?? "", at: place)
        case 2: text.insert(contentsOf: Array(text[place..<end]), at: place)
        default:
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
            let line = lines.randomElement(using: &random) ?? []
            text.insert(contentsOf: ["\n"] + line + ["\n"], at: place)
        }
    }
}
