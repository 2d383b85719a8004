/// Walks over JSON as RFC 8259 describes it, checking it, without making values of it.
///
/// The gateway reads a request's few own fields in one pass over the bytes that it forwards; a decoder would cost more
/// than all the rest of its work. The text is handed to every call, because the walker is only a place in it.
struct JSONWalker {
    private(set) var position: Int

    init(at position: Int = 0) { self.position = position }

    /// A string's bytes between its quotes.
    struct Text {
        var range: Range<Int>
        var hasEscapes: Bool
    }

    /// Steps into an object.
    mutating func openObject(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        skipSpace(bytes)
        try expect("{", bytes)
    }

    /// The next field's name, with the walker before its value; nil past the closing brace.
    mutating func nextKey(_ bytes: Span<UInt8>, isFirst: inout Bool) throws(BrokenJSON) -> Text? {
        skipSpace(bytes)
        if accept("}", bytes) { return nil }
        if !isFirst { try expect(",", bytes) }
        isFirst = false
        skipSpace(bytes)
        let key = try text(bytes)
        skipSpace(bytes)
        try expect(":", bytes)
        skipSpace(bytes)
        return key
    }

    mutating func openArray(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        skipSpace(bytes)
        try expect("[", bytes)
    }

    /// Steps before the next element; false past the closing bracket.
    mutating func nextElement(_ bytes: Span<UInt8>, isFirst: inout Bool) throws(BrokenJSON) -> Bool {
        skipSpace(bytes)
        if accept("]", bytes) { return false }
        if !isFirst { try expect(",", bytes) }
        isFirst = false
        skipSpace(bytes)
        return true
    }

    /// - Returns: where the value stands.
    @discardableResult
    mutating func value(_ bytes: Span<UInt8>, depth: Int = 1) throws(BrokenJSON) -> Range<Int> {
        guard depth <= Limits.nesting else { throw BrokenJSON() }
        let start = position
        switch peek(bytes) {
        case UInt8(ascii: "\""): _ = try text(bytes)
        case UInt8(ascii: "{"):
            position += 1
            var isFirst = true
            while try nextKey(bytes, isFirst: &isFirst) != nil { try value(bytes, depth: depth + 1) }
        case UInt8(ascii: "["):
            position += 1
            var isFirst = true
            while try nextElement(bytes, isFirst: &isFirst) { try value(bytes, depth: depth + 1) }
        case UInt8(ascii: "t"): try word("true", bytes)
        case UInt8(ascii: "f"): try word("false", bytes)
        case UInt8(ascii: "n"): try word("null", bytes)
        default: try number(bytes)
        }
        return start..<position
    }

    mutating func text(_ bytes: Span<UInt8>) throws(BrokenJSON) -> Text {
        try expect("\"", bytes)
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return Text(range: start..<(position - 1), hasEscapes: hasEscapes)
            }
            guard byte >= 0x20 else { throw BrokenJSON() }
            position += 1
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try escape(bytes)
            }
        }
        throw BrokenJSON()
    }

    /// Past the top value there may be space alone.
    mutating func end(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        skipSpace(bytes)
        guard position == bytes.count else { throw BrokenJSON() }
    }

    func peek(_ bytes: Span<UInt8>) -> UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func escape(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        let byte = peek(bytes)
        position += 1
        switch byte {
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                guard Self.isHexDigit(peek(bytes)) else { throw BrokenJSON() }
                position += 1
            }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            break
        default: throw BrokenJSON()
        }
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        _ = accept("-", bytes)
        if !accept("0", bytes) { try digits(bytes) }
        if accept(".", bytes) { try digits(bytes) }
        if accept("e", bytes) || accept("E", bytes) {
            if !accept("+", bytes) { _ = accept("-", bytes) }
            try digits(bytes)
        }
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(BrokenJSON) {
        let start = position
        while 0x30...0x39 ~= peek(bytes) { position += 1 }
        guard position > start else { throw BrokenJSON() }
    }

    private mutating func word(_ word: StaticString, _ bytes: Span<UInt8>) throws(BrokenJSON) {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length, bytes.holds(word, at: position) else { throw BrokenJSON() }
        position += length
    }

    private mutating func accept(_ character: Unicode.Scalar, _ bytes: Span<UInt8>) -> Bool {
        guard peek(bytes) == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar, _ bytes: Span<UInt8>) throws(BrokenJSON) {
        guard accept(character, bytes) else { throw BrokenJSON() }
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}

/// A text is not JSON; where and why, `JSONBody` tells, which is slower.
struct BrokenJSON: Error {}

extension Span<UInt8> {
    func holds(_ text: StaticString, at position: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard position >= 0, count - position >= length else { return false }
        return text.withUTF8Buffer { text in
            for index in 0..<length where self[position + index] != text[index] { return false }
            return true
        }
    }

    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && holds(text, at: range.lowerBound)
    }

    /// A number without fraction or exponent; nil for all else, also for numbers too large.
    func integer(in range: Range<Int>) -> Int? {
        guard 1...18 ~= range.count else { return nil }
        var value = 0
        var index = range.lowerBound
        let isNegative = self[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        guard index < range.upperBound else { return nil }
        while index < range.upperBound {
            guard 0x30...0x39 ~= self[index] else { return nil }
            value = value * 10 + Int(self[index] - 0x30)
            index += 1
        }
        return isNegative ? -value : value
    }

    func string(in range: Range<Int>) -> String {
        String(unsafeUninitializedCapacity: range.count) { target in
            for index in 0..<range.count { target[index] = self[range.lowerBound + index] }
            return range.count
        }
    }
}
