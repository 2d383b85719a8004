/// Where things stand in the binary form: a header of 64-bit words, then sections, each 8-aligned, all little-endian.
enum TableLayout {
    static let magic: UInt64 = 0x4B4F_544B_4E4F_5250  // "PRONKTOK"
    static let version: UInt64 = 1

    /// The header's words; two words (byte offset, element count) for each `Section` follow.
    enum Word: Int, CaseIterable {
        case magic, version, byteCount, preTokenizer, vocabularySize
        /// A token, or `none`.
        case bos, eos
        case addsBOS
        /// The most slots that a look-up may have to visit: a bound that holds even for damaged tables.
        case textProbes, specialProbes, mergeProbes
    }

    enum Section: Int, CaseIterable {
        /// UInt32 tokens.
        case endOfGeneration
        /// UInt32 start of each token in `spellings`, and one more: the end.
        case offsets
        /// UInt8 for each token: `TokenKind`, with `wholeFlag` and `TokenReach`.
        case kinds
        /// UInt8: the bytes of all tokens, one after the other.
        case spellings
        /// UInt32 token of each byte, or `none`.
        case byteTokens
        /// `SpellingSlot`s of the tokens that text is made of; a power of two.
        case textSlots
        /// `SpellingSlot`s of control and user-defined tokens; a power of two.
        case specialSlots
        /// UInt32 lengths of control and user-defined tokens, each once, longest first.
        case specialLengths
        /// 256 UInt8: the `SpecialClass` bits of the tokens that start with this byte.
        case specialFirstBytes
        /// `MergeSlot`s; a power of two.
        case mergeSlots
    }

    static let none: UInt32 = .max
    static let headerBytes = (Word.allCases.count + 2 * Section.allCases.count) * 8

    static let kindMask: UInt8 = 0x0F
    /// Set on tokens that a piece of exactly these bytes becomes without looking at merges.
    static let wholeFlag: UInt8 = 0x80

    struct SpellingSlot {
        var hash: UInt32
        /// `none` in an empty slot.
        var token: UInt32
    }

    struct MergeSlot {
        /// `none` in an empty slot.
        var left: UInt32
        var right: UInt32
        var rank: UInt32
        var merged: UInt32
    }

    /// Which tokens to look for in text before it is split.
    struct SpecialClass: OptionSet {
        var rawValue: UInt8
        static let control = SpecialClass(rawValue: 1)
        static let userDefined = SpecialClass(rawValue: 2)
    }

    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(bytes)
        var hash = UInt64(raw.count)
        var position = 0
        while position + 8 <= raw.count {
            hash = mix(hash ^ UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
            position += 8
        }
        var tail: UInt64 = 0
        while position < raw.count {
            tail = tail << 8 | UInt64(raw[position])
            position += 1
        }
        return mix(hash ^ tail)
    }

    @inline(__always)
    static func hash(left: UInt32, right: UInt32) -> UInt64 {
        mix(UInt64(left) << 32 | UInt64(right))
    }

    /// Folds a 128-bit product, so that every input bit reaches the low bits that choose the slot.
    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0x2545_F491_4F6C_DD1D).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
