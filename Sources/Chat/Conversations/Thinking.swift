/// What a model thinks before it answers, which some write into their text between `<think>` and `</think>`.
///
/// It is part of an answer for whoever asked, and left out of what is shown to others, searched or read as a document,
/// and of what the model's next turns are given: makers of such models train them that way, and it would fill the
/// context.
package enum Thinking {
    package static let opening = "<think>"
    package static let closing = "</think>"

    /// The text without it. Only where it opens a line: an answer about the marks keeps them. What is never closed
    /// goes to the end.
    package static func removed(from text: String) -> String {
        var rest = behindOpenThought(text)
        guard rest.contains(opening) else { return String(rest) }
        var shown = ""
        while let mark = rest.firstMatch(of: /(?m)^[ \t]*<think>/) {
            shown += rest[..<mark.range.lowerBound]
            let inside = rest[mark.range.upperBound...]
            guard let end = inside.firstRange(of: closing) else {
                rest = inside[inside.endIndex...]
                break
            }
            rest = inside[end.upperBound...].drop(while: \.isWhitespace)
        }
        return shown + rest
    }

    /// Templates that open the thought themselves leave only its end in the text, which begins or ends a line.
    private static func behindOpenThought(_ text: String) -> Substring {
        guard text.contains(closing), let end = text.firstMatch(of: /(?m)^[ \t]*<\/think>|<\/think>[ \t]*\n/),
            !text[..<end.range.lowerBound].contains(opening)
        else { return text[...] }
        return text[end.range.upperBound...].drop(while: \.isWhitespace)
    }
}

extension Message {
    /// The text without what a model thought.
    package var shownContent: String { role == .assistant ? Thinking.removed(from: content) : content }
}
