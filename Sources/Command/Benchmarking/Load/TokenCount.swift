package import Simulation

/// How many tokens prompts or answers have: a fixed number, or any of a range with equal chance.
package struct TokenCount: Sendable, Equatable {
    package var least: Int
    package var most: Int

    package init(_ range: ClosedRange<Int>) {
        least = range.lowerBound
        most = range.upperBound
    }

    /// Reads "100" or "50-200"; nil when it is neither or beyond the limits.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let first = parts.first, let least = first, let last = parts.last, let most = last, parts.count <= 2,
            least >= 1, least <= most, most <= Limits.tokens
        else { return nil }
        self.least = least
        self.most = most
    }

    package func draw(_ randomness: inout Randomness) -> Int {
        least == most ? least : Int.random(in: least...most, using: &randomness)
    }

    package var text: String { least == most ? String(least) : "\(least)–\(most)" }
}
