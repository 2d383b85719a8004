/// Hand-written JSON output for the token path, where an encoder per token would cost more than the token's HTTP.
extension [UInt8] {
    package mutating func append(literal: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    package mutating func append(decimal: Int) {
        append(contentsOf: String(decimal).utf8)
    }

    /// Appends a string with its quotes; only `"`, `\` and control characters are escaped (RFC 8259, section 7).
    package mutating func append(jsonString: String) {
        append(UInt8(ascii: "\""))
        var text = jsonString
        text.withUTF8 { append(jsonEscaped: $0) }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(jsonEscaped text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices where text[index] < 0x20 || text[index] == 0x22 || text[index] == 0x5C {
            append(contentsOf: text[start..<index])
            append(jsonEscapeOf: text[index])
            start = index + 1
        }
        append(contentsOf: text[start...])
    }

    private mutating func append(jsonEscapeOf byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: append(byte)
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x09: append(UInt8(ascii: "t"))
        default:
            append(literal: "u00")
            append(hexDigit: byte >> 4)
            append(hexDigit: byte & 0xF)
        }
    }

    private mutating func append(hexDigit: UInt8) {
        append(hexDigit < 10 ? UInt8(ascii: "0") + hexDigit : UInt8(ascii: "a") + hexDigit - 10)
    }
}
