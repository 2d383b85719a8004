/// A position in JSON from an untrusted file, for headers whose names must be unique: a decoder would keep one of two
/// equal names and say nothing.
///
/// Knows what a safetensors header is made of: objects, arrays, strings and non-negative integers.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Calls `member` for each name of an object, with the scanner before its value.
    mutating func object(
        _ what: String, _ member: (inout JSONScanner, String) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        try expect("{", what)
        if take("}") { return }
        repeat {
            let name = try string("a name in \(what)")
            try expect(":", what)
            try member(&self, name)
        } while take(",")
        try expect("}", what)
    }

    /// Non-negative integers in brackets, at most `limit` of them.
    mutating func integers(limit: Int, _ what: String) throws(CheckpointError) -> [Int] {
        try expect("[", what)
        var integers: [Int] = []
        if take("]") { return integers }
        repeat {
            guard integers.count < limit else {
                throw CheckpointError(.limitExceeded, "\(what) has more than \(limit) numbers")
            }
            integers.append(try integer(what))
        } while take(",")
        try expect("]", what)
        return integers
    }

    mutating func string(_ what: String) throws(CheckpointError) -> String {
        try expect("\"", what)
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
            guard bytes[offset] >= 0x20 else { throw malformed("\(what) has a control character") }
            offset += 1
        }
        guard offset < bytes.count else { throw malformed("\(what) does not end") }
        // Names of tensors need no escapes; metadata may have some, and nobody reads it.
        if bytes[offset] == UInt8(ascii: "\\") { return try escapedString(from: start, what) }
        guard let text = String(validating: bytes[start..<offset], as: UTF8.self) else {
            throw malformed("\(what) is not valid UTF-8")
        }
        offset += 1
        return text
    }

    /// Nothing but white space may follow.
    mutating func end(_ what: String) throws(CheckpointError) {
        skipSpace()
        guard offset == bytes.count else { throw malformed("\(what) goes on after its end") }
    }

    private mutating func escapedString(from start: Int, _ what: String) throws(CheckpointError) -> String {
        var text = Array(bytes[start..<offset])
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            guard bytes[offset] == UInt8(ascii: "\\") else {
                guard bytes[offset] >= 0x20 else { throw malformed("\(what) has a control character") }
                text.append(bytes[offset])
                offset += 1
                continue
            }
            guard offset + 1 < bytes.count else { break }
            offset += 2
            switch bytes[offset - 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[offset - 1])
            case UInt8(ascii: "b"): text.append(8)
            case UInt8(ascii: "f"): text.append(12)
            case UInt8(ascii: "n"): text.append(10)
            case UInt8(ascii: "r"): text.append(13)
            case UInt8(ascii: "t"): text.append(9)
            case UInt8(ascii: "u"): text += Array(String(try codePoint(what)).utf8)
            default: throw malformed("\(what) has an unknown escape")
            }
        }
        guard offset < bytes.count else { throw malformed("\(what) does not end") }
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
            throw malformed("\(what) is not valid UTF-8")
        }
        return string
    }

    /// After "\u": four digits, or a surrogate pair of them.
    private mutating func codePoint(_ what: String) throws(CheckpointError) -> Character {
        var value = try fourDigits(what)
        if (0xD800...0xDBFF).contains(value), offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            offset += 2
            let low = try fourDigits(what)
            guard (0xDC00...0xDFFF).contains(low) else { throw malformed("\(what) has half a surrogate pair") }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw malformed("\(what) has half a surrogate pair") }
        return Character(scalar)
    }

    private mutating func fourDigits(_ what: String) throws(CheckpointError) -> UInt32 {
        guard bytes.count - offset >= 4 else { throw malformed("\(what) does not end") }
        var value: UInt32 = 0
        for byte in bytes[offset..<offset + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw malformed("\(what) has an unknown escape")
            }
            value = value << 4 | UInt32(digit)
        }
        offset += 4
        return value
    }

    private mutating func integer(_ what: String) throws(CheckpointError) -> Int {
        skipSpace()
        let start = offset
        var value = 0
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(bytes[offset] - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw malformed("\(what) has a number that is too large") }
            value = sum
            offset += 1
        }
        guard offset > start else { throw malformed("\(what) has something that is no non-negative integer") }
        return value
    }

    private mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar, _ what: String) throws(CheckpointError) {
        guard take(character) else { throw malformed("\(what): '\(character)' is missing at byte \(offset)") }
    }

    private func malformed(_ why: String) -> CheckpointError {
        CheckpointError(.malformed, "the header is no sound JSON: \(why)")
    }
}
