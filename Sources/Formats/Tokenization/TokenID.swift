/// The number of one token of a vocabulary: 0 ..< `Tokenizer.vocabularySize`.
package struct TokenID: RawRepresentable, Hashable, Sendable, Codable, Comparable, ExpressibleByIntegerLiteral {
    package var rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package init(_ value: Int) {
        rawValue = Int32(truncatingIfNeeded: value)
    }

    package init(integerLiteral value: Int32) {
        rawValue = value
    }

    /// The token as an index into per-token tables.
    package var index: Int { Int(rawValue) }

    package static func < (left: TokenID, right: TokenID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What a token is for; raw values are GGUF's `tokenizer.ggml.token_type`.
package enum TokenKind: UInt8, Sendable, CaseIterable {
    /// Text, found by merging.
    case normal = 1
    /// Stands for text that the vocabulary cannot spell.
    case unknown = 2
    /// Frames and ends turns; never part of an answer's text.
    case control = 3
    /// Text that was added to the vocabulary after training and is matched whole.
    case userDefined = 4
    /// A place holder.
    case unused = 5
    /// A single byte, spelled `<0xNN>` (SentencePiece vocabularies).
    case byte = 6
}
