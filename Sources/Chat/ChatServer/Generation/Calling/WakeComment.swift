/// Reads the comment lines in which the gateway tells a waiting caller how far the start of an instance is:
/// `: waking NAME: STATE, 42 %, about 3 s, 2 in the queue`, all but the state only if known.
enum WakeComment {
    /// - Parameter line: without its line end.
    /// - Returns: nil for other comments.
    static func state(in line: String) -> WakeState? {
        let head = ": waking "
        guard line.hasPrefix(head) else { return nil }
        // A service's name has no blank, but may have colons.
        guard let mark = line.dropFirst(head.count).firstRange(of: ": ") else { return nil }
        let parts = line[mark.upperBound...].split(separator: ",").map { $0.drop { $0 == " " } }
        guard let word = parts.first, !word.isEmpty, word.allSatisfy(\.isLetter) else { return nil }
        var state = WakeState(state: String(word))
        for part in parts.dropFirst() {
            let words = part.split(separator: " ")
            if words.last == "%" {
                state.percent = words.first.flatMap { Int($0) }
            } else if words.starts(with: ["less", "than"]) {
                state.remaining = 0
            } else if words.first == "about", words.count > 1 {
                state.remaining = Int(words[1])
            } else if part.hasSuffix("in the queue") {
                state.queued = words.first.flatMap { Int($0) } ?? 0
            }
        }
        return state
    }
}
