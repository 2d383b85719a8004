/// Keeps one message's Markdown from swallowing what comes after it in a document.
enum MarkdownFences {
    /// The text with its last code block closed: an answer that was stopped may end within one (CommonMark 0.31, 4.5).
    static func closed(_ text: String) -> String {
        var open: (mark: Character, count: Int)?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let indent = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indent)
            guard let mark = rest.first, mark == "`" || mark == "~" else { continue }
            let count = rest.prefix { $0 == mark }.count
            let after = rest.dropFirst(count)
            if let current = open {
                let isClosing = mark == current.mark && count >= current.count && after.allSatisfy(\.isWhitespace)
                if isClosing { open = nil }
            } else if count >= 3, mark == "~" || !after.contains("`") {
                open = (mark, count)
            }
        }
        guard let open else { return text }
        return text + (text.last?.isNewline == true ? "" : "\n") + String(repeating: open.mark, count: open.count)
    }

    /// A title that is no more than text in a heading.
    static func escaped(_ title: String) -> String {
        title.map { "\\`*_[]<>#".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
