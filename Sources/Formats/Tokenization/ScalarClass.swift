/// What the pre-tokenizers' regular expressions can tell apart about a character.
enum ScalarClass: UInt8 {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// U+0020
    case space
    /// `\r` or `\n`
    case newline
    /// The rest of `\s`.
    case otherWhitespace
    /// None of these.
    case other
    /// No character: the text ended.
    case end

    var isWhitespace: Bool { self == .space || self == .newline || self == .otherWhitespace }

    @inline(__always)
    init(ascii byte: UInt8) {
        if (byte | 0x20) &- 0x61 < 26 {
            self = .letter
        } else if byte == 0x20 {
            self = .space
        } else if byte &- 0x30 < 10 {
            self = .number
        } else if byte == 0x0A || byte == 0x0D {
            self = .newline
        } else if byte &- 0x09 < 5 {
            self = .otherWhitespace
        } else {
            self = .other
        }
    }

    /// For scalars from U+0080. Whitespace is Unicode's White_Space, as in the Rust and Oniguruma engines.
    init(nonASCII value: UInt32) {
        switch value {
        case 0x4E00...0x9FFF, 0xAC00...0xD7A3:  // Chinese and Korean, which the general look-up would also find
            self = .letter
        case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            self = .otherWhitespace
        default:
            guard let scalar = Unicode.Scalar(value) else {
                self = .other
                return
            }
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = .other
            }
        }
    }
}
