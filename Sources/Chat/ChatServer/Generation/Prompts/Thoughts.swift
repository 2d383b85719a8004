import Conversations

/// What a model thought aloud, which its next turns are not given: makers of such models train them that way, and it
/// would fill the context.
enum Thoughts {
    static let opening = "<think>"
    static let closing = "</think>"

    /// The text without its thoughts. Templates that open the thought themselves leave only its end in the text.
    static func removed(from text: String) -> String {
        guard let end = text.firstRange(of: closing), !text[..<end.lowerBound].contains(opening) else {
            return Thinking.removed(from: text)
        }
        return Thinking.removed(from: String(text[end.upperBound...].drop(while: \.isWhitespace)))
    }
}
