/// GPT-2's spelling of bytes as printable characters, which GGUF and Hugging Face vocabularies are written in.
///
/// Printable Latin-1 bytes stand for themselves; the other 68 are U+0100 and up, in order.
enum ByteLevelAlphabet {
    /// The byte that `scalar` spells, or nil.
    static func byte(of scalar: Unicode.Scalar) -> UInt8? {
        let value = scalar.value
        switch value {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt8(value)
        case 0x100...0x120: return UInt8(value - 0x100)  // 0x00 ... 0x20
        case 0x121...0x142: return UInt8(value - 0x121 + 0x7F)  // 0x7F ... 0xA0
        case 0x143: return 0xAD
        default: return nil
        }
    }

    /// Appends the bytes that `spelling` stands for; appends nothing and returns false when it is not in the alphabet.
    static func append(bytesOf spelling: some StringProtocol, to bytes: inout [UInt8]) -> Bool {
        let start = bytes.count
        for scalar in spelling.unicodeScalars {
            guard let byte = byte(of: scalar) else {
                bytes.removeSubrange(start...)
                return false
            }
            bytes.append(byte)
        }
        return true
    }

    /// The character of each byte.
    private static let scalars: [Unicode.Scalar] = {
        var result = [Unicode.Scalar](repeating: " ", count: 256)
        for value in UInt32(0x21)...0x143 {
            guard let scalar = Unicode.Scalar(value), let byte = byte(of: scalar) else { continue }
            result[Int(byte)] = scalar
        }
        return result
    }()

    static func spelling(of bytes: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        for byte in bytes { result.append(scalars[Int(byte)]) }
        return String(result)
    }
}
