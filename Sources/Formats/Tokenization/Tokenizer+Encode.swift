extension Tokenizer {
    /// The tokens of `text`.
    ///
    /// Tokens that were added to the vocabulary as text (user-defined) are always matched whole, as Hugging Face does.
    /// - Parameter addBOS: put `bos` first, if the vocabulary has one.
    /// - Parameter parsesSpecials: turn the spelling of control tokens into the tokens. Never for text of users.
    package func encode(_ text: String, addBOS: Bool = false, parsesSpecials: Bool = false) -> [TokenID] {
        var result: [TokenID] = []
        result.reserveCapacity(text.utf8.count / 3 + 8)
        if addBOS, let bos { result.append(bos) }
        encode(text, parsesSpecials: parsesSpecials, into: &result)
        return result
    }

    /// Appends the tokens of `text`.
    func encode(_ text: String, parsesSpecials: Bool, into result: inout [TokenID]) {
        var text = text
        text.withUTF8 { bytes in
            var encoder = TextEncoder(vocabulary)
            let classes: TableLayout.SpecialClass = parsesSpecials ? [.control, .userDefined] : .userDefined
            var start = 0, searched = 0
            while let special = nextSpecial(in: bytes, from: searched, of: classes) {
                var (lower, upper) = (special.range.lowerBound, special.range.upperBound)
                searched = upper
                let reach = vocabulary.reach(of: special.token)
                if reach.contains(.isSingleWord), bytes.touchesWord(special.range) { continue }
                if reach.contains(.takesSpaceBefore) { lower = bytes.whitespaceStart(before: lower, limit: start) }
                if reach.contains(.takesSpaceAfter) { upper = bytes.whitespaceEnd(from: upper) }
                // A token of white space may begin in what the last one has taken.
                if start < lower { encoder.encode(UnsafeBufferPointer(rebasing: bytes[start..<lower]), into: &result) }
                result.append(TokenID(rawValue: Int32(bitPattern: special.token)))
                start = upper
            }
            encoder.encode(UnsafeBufferPointer(rebasing: bytes[start...]), into: &result)
        }
    }

    /// The first special token in `text` from `start`; of those that begin at the same place, the longest.
    private func nextSpecial(
        in text: UnsafeBufferPointer<UInt8>, from start: Int, of classes: TableLayout.SpecialClass
    ) -> (token: UInt32, range: Range<Int>)? {
        for position in start..<text.count
        where vocabulary.specialFirstBytes[Int(text[position])] & classes.rawValue != 0 {
            for length in vocabulary.specialLengths where Int(length) <= text.count - position && length > 0 {
                let range = position..<position + Int(length)
                let token = vocabulary.specialToken(UnsafeBufferPointer(rebasing: text[range]))
                guard token != TableLayout.none else { continue }
                let isWanted: Bool
                switch vocabulary.kind(of: token) {
                case .control: isWanted = classes.contains(.control)
                case .userDefined: isWanted = classes.contains(.userDefined)
                default: isWanted = false
                }
                if isWanted { return (token, range) }
            }
        }
        return nil
    }
}

/// Encodes stretches of text without special tokens, keeping its working memory.
private struct TextEncoder {
    private let vocabulary: VocabularyView
    private var merger = BytePairMerger()

    init(_ vocabulary: VocabularyView) {
        self.vocabulary = vocabulary
    }

    mutating func encode(_ text: UnsafeBufferPointer<UInt8>, into result: inout [TokenID]) {
        guard var normalized = vocabulary.preTokenizer.normalized(text) else {
            return encodeNormalized(text, into: &result)
        }
        normalized.withUTF8 { encodeNormalized($0, into: &result) }
    }

    private mutating func encodeNormalized(_ text: UnsafeBufferPointer<UInt8>, into result: inout [TokenID]) {
        var splitter = TextSplitter(text, rules: vocabulary.preTokenizer)
        while let piece = splitter.next() {
            let whole = vocabulary.wholeToken(piece)
            if whole != TableLayout.none {
                result.append(TokenID(rawValue: Int32(bitPattern: whole)))
            } else {
                merger.encode(piece, with: vocabulary, into: &result)
            }
        }
    }
}
