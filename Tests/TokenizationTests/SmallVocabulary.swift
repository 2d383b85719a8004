import Tokenization

/// A vocabulary made on the spot, for tests that need none of a real model: every byte, a few merges, a few specials.
enum SmallVocabulary {
    static let imStart: TokenID = 0
    static let imEnd: TokenID = 1
    static let think: TokenID = 2
    static let thinkLong: TokenID = 3

    static func source(_ preTokenizer: PreTokenizer = .gpt2) -> TokenizerSource {
        var tokens = ["<|im_start|>", "<|im_end|>", "<think>", "<think>>"]
        var kinds: [TokenKind] = [.control, .control, .userDefined, .userDefined]
        let bytes = (0..<256).map { spelling(of: UInt8($0)) }
        let merges = ["a b", "ab c", "b c", "Ġ a", "l l", "e ll", "h ell", "hell o", "Ġ h", "a a", "aa aa", "Ã ©"]
        tokens += bytes + merges.map { $0.replacing(" ", with: "") }
        kinds += [TokenKind](repeating: .normal, count: tokens.count - kinds.count)
        return TokenizerSource(
            preTokenizer: preTokenizer, tokens: tokens, kinds: kinds, merges: merges, bos: imStart, eos: imEnd,
            endOfGeneration: [imEnd])
    }

    /// GPT-2's character for a byte.
    static func spelling(of byte: UInt8) -> String {
        let value: UInt32
        switch byte {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: value = UInt32(byte)
        case 0x00...0x20: value = 0x100 + UInt32(byte)
        case 0x7F...0xA0: value = 0x121 + UInt32(byte) - 0x7F
        default: value = 0x143
        }
        return String(Unicode.Scalar(value).map(Character.init) ?? "?")
    }
}

/// Random numbers that a printed seed brings back (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Text over all planes, with a liking for what merges.
    mutating func text(upTo length: Int) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...length, using: &self) {
            switch Int.random(in: 0..<6, using: &self) {
            case 0: text += ["a", "b", "c", "ab", "abc", "hello", "aaaa"].randomElement(using: &self) ?? ""
            case 1: text += [" ", "  ", "\n", "\r\n", "\t", "\u{3000}"].randomElement(using: &self) ?? ""
            case 2: text += ["'s", "'LL", "12345", "é", "e\u{301}", "👨‍👩‍👧"].randomElement(using: &self) ?? ""
            default:
                let scalar = Unicode.Scalar(UInt32.random(in: 0..<0x11_0000, using: &self))
                text.unicodeScalars.append(scalar ?? "x")
            }
        }
        return text
    }
}
