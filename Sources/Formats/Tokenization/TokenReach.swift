/// What an added token asks of the text around it, as Hugging Face's `tokenizers` has it. The bits stand in the tables,
/// beside the token's kind.
package struct TokenReach: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It swallows the white space before it (`lstrip`) or behind it (`rstrip`).
    package static let takesSpaceBefore = TokenReach(rawValue: 0x40)
    package static let takesSpaceAfter = TokenReach(rawValue: 0x20)
    /// It is text where it touches a word (`single_word`).
    package static let isSingleWord = TokenReach(rawValue: 0x10)
}

/// Characters around a place in valid UTF-8.
extension UnsafeBufferPointer<UInt8> {
    /// Where the white space that reaches to `end` begins, at `limit` at the earliest.
    func whitespaceStart(before end: Int, limit: Int) -> Int {
        var start = end
        while start > limit, let scalar = scalar(before: start), scalar.properties.isWhitespace {
            start -= UTF8.width(scalar)
        }
        return start
    }

    /// Where the white space that begins at `start` ends.
    func whitespaceEnd(from start: Int) -> Int {
        var end = start
        while let scalar = scalar(from: end), scalar.properties.isWhitespace { end += UTF8.width(scalar) }
        return end
    }

    /// Whether a character of a word stands right before or behind `range`.
    func touchesWord(_ range: Range<Int>) -> Bool {
        scalar(before: range.lowerBound)?.isOfWord ?? false || scalar(from: range.upperBound)?.isOfWord ?? false
    }

    private func scalar(before end: Int) -> Unicode.Scalar? {
        var start = end - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return end > 0 ? scalar(from: start) : nil
    }

    private func scalar(from start: Int) -> Unicode.Scalar? {
        guard start < count else { return nil }
        let longest = UnsafeBufferPointer(rebasing: self[start..<Swift.min(start + 4, count)])
        return String(decoding: longest, as: UTF8.self).unicodeScalars.first
    }
}

extension Unicode.Scalar {
    /// Regular expressions' `\w`.
    fileprivate var isOfWord: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
        default: properties.isAlphabetic || properties.isJoinControl
        }
    }
}
