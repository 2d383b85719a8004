/// What a model thinks before it answers, which some write into their text between `<think>` and `</think>`.
///
/// It is part of an answer for whoever asked, and left out of what is shown to others, searched or read as a document.
package enum Thinking {
    /// The text without it. Only where it opens a line: an answer about the marks keeps them. What is never closed
    /// goes to the end.
    package static func removed(from text: String) -> String {
        guard text.contains("<think>") else { return text }
        var shown = ""
        var rest = text[...]
        while let mark = rest.firstMatch(of: /(?m)^[ \t]*<think>/) {
            shown += rest[..<mark.range.lowerBound]
            let inside = rest[mark.range.upperBound...]
            guard let end = inside.firstRange(of: "</think>") else {
                rest = inside[inside.endIndex...]
                break
            }
            rest = inside[end.upperBound...].drop(while: \.isWhitespace)
        }
        return shown + rest
    }
}

extension Message {
    /// The text without what a model thought.
    package var shownContent: String { role == .assistant ? Thinking.removed(from: content) : content }
}
