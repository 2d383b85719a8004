/// Finds what somebody may have meant.
enum NearestName {
    /// The name with the fewest changes from `word`, the first of equals; nil if none is alike.
    static func nearest(to word: String, in names: [String]) -> String? {
        let best = names.map { ($0, distance(word.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
        guard let best, best.1 <= max(2, word.count / 3), best.1 < max(word.count, best.0.count) else { return nil }
        return best.0
    }

    /// How a message that refuses `word` goes on: the nearest name, or all of them.
    static func suggestion(for word: String, in names: [String]) -> String {
        if let name = nearest(to: word, in: names) { return "did you mean \(name)?" }
        return names.isEmpty ? "remove it" : "known here: \(names.joined(separator: ", "))"
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other (optimal string
    /// alignment).
    static func distance(_ first: String, _ second: String) -> Int {
        let first = Array(first.prefix(Limits.nameBytes * 2)), second = Array(second.prefix(Limits.nameBytes * 2))
        if first.isEmpty || second.isEmpty { return max(first.count, second.count) }
        var beforePrevious: [Int] = []
        var previous = Array(0...second.count)
        for i in 1...first.count {
            var row = [i]
            for j in 1...second.count {
                let isEqual = first[i - 1] == second[j - 1]
                var best = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (isEqual ? 0 : 1))
                if i > 1, j > 1, first[i - 1] == second[j - 2], first[i - 2] == second[j - 1] {
                    best = min(best, beforePrevious[j - 2] + 1)
                }
                row.append(best)
            }
            beforePrevious = previous
            previous = row
        }
        return previous[second.count]
    }
}
