internal import Foundation

/// What a character is to search.
enum CharacterKind {
    /// Part of a word between blanks.
    case word
    /// Of a script without blanks between words: Chinese, Japanese, Korean, Thai and their neighbours.
    case unspaced
    case separator

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: self = .word
        case 0..<0x80: self = .separator
        // Thai to Myanmar, Khmer; kana, Hangul and everything that Unicode calls an ideograph.
        case 0x4e00...0x9fff, 0x3400...0x4dbf, 0xac00...0xd7a3, 0x3041...0x3096, 0x30a1...0x30fa, 0x3105...0x312f:
            self = .unspaced
        default: self = Self.other(scalar)
        }
    }

    private static func other(_ scalar: Unicode.Scalar) -> CharacterKind {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .spacingMark, .nonspacingMark:
            let isUnspaced =
                switch scalar.value {
                case 0x0e00...0x0eff, 0x1000...0x109f, 0x1780...0x17ff: true
                default: scalar.properties.isIdeographic
                }
            return isUnspaced ? .unspaced : .word
        default: return .separator
        }
    }

    static func isUnspaced(_ character: Character) -> Bool {
        character.unicodeScalars.first.map { CharacterKind($0) == .unspaced } ?? false
    }
}

extension Character {
    /// Adds the character without case, accents and width: `É` and `e`, `Ａ` and `a` are found by each other.
    func fold(into folded: inout [Unicode.Scalar]) {
        if let scalar = unicodeScalars.first, unicodeScalars.count == 1 {
            switch scalar.value {
            case 0x41...0x5a: return folded.append(UnicodeScalar(UInt8(scalar.value + 0x20)))
            case 0..<0x80, 0x4e00...0x9fff: return folded.append(scalar)
            default: break
            }
        }
        // Compatibility forms fall together, accents stand alone and go; what is left is composed again, since Korean
        // syllables came apart too.
        var bare = String.UnicodeScalarView()
        for scalar in String(self).decomposedStringWithCompatibilityMapping.unicodeScalars
        where scalar.properties.generalCategory != .nonspacingMark {
            bare.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
        folded.append(contentsOf: String(bare).precomposedStringWithCanonicalMapping.unicodeScalars)
    }
}
