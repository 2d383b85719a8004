internal import Foundation

/// The title that a chat has at once: its question's first line, without Markdown's signs.
///
/// A model may make a better one later; this one costs nothing, and is there when no model is.
package enum FirstLineTitle {
    package static func make(from question: String) -> String {
        // Scalars: a single character can have any number of them.
        let beginning = String(String.UnicodeScalarView(question.unicodeScalars.prefix(Limits.firstLineScalars)))
        let line = beginning.split(whereSeparator: \.isNewline).lazy.map { plain(bounded($0)) }.first { !$0.isEmpty }
        let title = line ?? beginning.trimmingCharacters(in: .whitespacesAndNewlines)
        return shortened(title, to: Limits.firstLineCharacters)
    }

    /// A line as short as the patterns below bear, and with single blanks: some of them try every way to share blanks
    /// out among their parts.
    private static func bounded(_ line: Substring) -> String {
        line.prefix(Limits.plainedCharacters).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Cuts at the end of a word when there is one in the second half; Chinese text is cut anywhere.
    static func shortened(_ text: String, to count: Int) -> String {
        guard text.count > count else { return text }
        var kept = text.prefix(count - 1)
        let next = text[kept.endIndex]
        if !next.isWhitespace, let last = kept.last, !CharacterKind.isUnspaced(last),
            let blank = kept.lastIndex(where: \.isWhitespace),
            text.distance(from: text.startIndex, to: blank) >= count / 2
        {
            kept = kept[..<blank]
        }
        return kept.trimmingCharacters(in: .whitespaces) + "…"
    }

    /// A line without what Markdown would not show. Only signs that stand where Markdown reads them go: `2 * 3` and
    /// `snake_case` stay as they are.
    private static func plain(_ line: String) -> String {
        var line = line[...]
        while let marked = line.prefixMatch(of: /(#{1,6}|>+|[-*+]|\d{1,9}[.)])[ ]/) {
            line = line[marked.range.upperBound...]
        }
        if line.prefixMatch(of: /(`{3,}|~{3,}) ?[^`\s]*$/) != nil { return "" }
        if line.wholeMatch(of: /[\s*_=#>~`|-]*/) != nil { return "" }
        var text = String(line)
        // An image and a link show their text; emphasis and code what they enclose.
        text.replace(/!?\[([^\[\]]*)\]\([^()\s]*\)/) { String($0.1) }
        for _ in 0..<2 {
            text.replace(/(\*\*|~~|\*)(?=\S)([^*~]*?\S)\1/) { String($0.2) }
            text.replace(/(^|[^\p{L}\p{N}_])(__?)(?=\S)([^_]*?\S)\2(?![\p{L}\p{N}])/) { String($0.1 + $0.3) }
        }
        text.replace(/(`+)\s*([^`]+?)\s*\1/) { String($0.2) }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
