/// Finds where a text stops being JSON, for an error message; the decoder itself does not tell on Linux.
///
/// It runs only after decoding failed, so it may be slower than a decoder, but not deeper: nesting is bounded.
struct JSONFault: Error, Equatable {
    /// From 1, in bytes.
    var line: Int
    var column: Int
    var expected: String

    /// nil when the text is well-formed.
    static func find(in text: [UInt8]) -> JSONFault? {
        var scanner = Scanner(text: text)
        do {
            try scanner.value(depth: 0)
            scanner.skipSpace()
            if scanner.position < text.count { try scanner.fail("the end of the text") }
            return nil
        } catch {
            return error
        }
    }
}

/// Walks over a text as RFC 8259 describes it, without making values of it.
private struct Scanner {
    /// Foundation's decoder refuses deeper nesting, too.
    static let deepest = 512

    let text: [UInt8]
    var position = 0

    mutating func value(depth: Int) throws(JSONFault) {
        guard depth < Self.deepest else { try fail("at most \(Self.deepest) levels of nesting") }
        skipSpace()
        guard let first = peek else { try fail("a value") }
        switch first {
        case UInt8(ascii: "{"): try object(depth)
        case UInt8(ascii: "["): try array(depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try fail("a value")
        }
    }

    private mutating func object(_ depth: Int) throws(JSONFault) {
        position += 1
        skipSpace()
        if accept("}") { return }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { try fail("a field's name in double quotes") }
            try string()
            skipSpace()
            guard accept(":") else { try fail("':'") }
            try value(depth: depth + 1)
            skipSpace()
        } while accept(",")
        guard accept("}") else { try fail("',' or '}'") }
    }

    private mutating func array(_ depth: Int) throws(JSONFault) {
        position += 1
        skipSpace()
        if accept("]") { return }
        repeat {
            try value(depth: depth + 1)
            skipSpace()
        } while accept(",")
        guard accept("]") else { try fail("',' or ']'") }
    }

    private mutating func string() throws(JSONFault) {
        position += 1
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: try fail("an escape instead of a control character")
            default: position += 1
            }
        }
        try fail("the end of the string, '\"'")
    }

    private mutating func escape() throws(JSONFault) {
        position += 1
        guard let byte = peek, "\"\\/bfnrtu".utf8.contains(byte) else { try fail("an escape such as \\n or \\u0041") }
        position += 1
        guard byte == UInt8(ascii: "u") else { return }
        for _ in 0..<4 {
            guard let digit = peek, Character(Unicode.Scalar(digit)).isHexDigit else {
                try fail("four hexadecimal digits")
            }
            position += 1
        }
    }

    private mutating func number() throws(JSONFault) {
        _ = accept("-")
        if !accept("0") { try digits() }
        if accept(".") { try digits() }
        if accept("e") || accept("E") {
            if !accept("+") { _ = accept("-") }
            try digits()
        }
    }

    private mutating func digits() throws(JSONFault) {
        guard let first = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= first else { try fail("a digit") }
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    }

    private mutating func word(_ word: String) throws(JSONFault) {
        for byte in word.utf8 {
            guard peek == byte else { try fail("'\(word)'") }
            position += 1
        }
    }

    var peek: UInt8? { position < text.count ? text[position] : nil }

    mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || 0x09...0x0A ~= byte || byte == 0x0D { position += 1 }
    }

    func fail(_ expected: String) throws(JSONFault) -> Never {
        let before = text[..<position]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        throw JSONFault(line: line, column: position - lineStart + 1, expected: expected)
    }
}
