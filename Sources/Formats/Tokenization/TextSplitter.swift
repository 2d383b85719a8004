/// Cuts UTF-8 text into pieces as the pre-tokenizers' regular expressions do, by hand: one pass, no regex engine.
///
/// The text must be valid UTF-8.
struct TextSplitter {
    private let text: UnsafeBufferPointer<UInt8>
    private let rules: PreTokenizer
    private var position = 0
    /// Where the look-ahead ends: the text's end, or for `smollm` the next digit.
    private var end: Int

    init(_ text: UnsafeBufferPointer<UInt8>, rules: PreTokenizer) {
        self.text = text
        self.rules = rules
        end = rules == .smollm ? 0 : text.count
    }

    /// The next piece, never empty; nil at the end.
    mutating func next() -> UnsafeBufferPointer<UInt8>? {
        guard position < text.count else { return nil }
        let start = position
        switch rules {
        case .gpt2: position = gpt2End(start)
        case .smollm: position = smollmEnd(start)
        case .llama3: position = llama3End(start, digits: 3)
        case .qwen2, .qwen2Verbatim: position = llama3End(start, digits: 1)
        }
        return UnsafeBufferPointer(rebasing: text[start..<position])
    }

    /// Digits first, each alone; what stands between two of them is split by itself.
    private mutating func smollmEnd(_ start: Int) -> Int {
        if start >= end {
            end = text.count
            var current = look(start)
            var cut = start + current.length
            if current.kind == .number {
                end = cut
                return cut
            }
            current = look(cut)
            while current.kind != .end, current.kind != .number {
                cut += current.length
                current = look(cut)
            }
            end = cut
        }
        return gpt2End(start)
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    private func gpt2End(_ start: Int) -> Int {
        if let end = contractionEnd(start, ignoresCase: false) { return end }
        let first = look(start)
        var body = start
        var kind = first.kind
        if kind == .space {
            body = start + 1
            kind = look(body).kind
        }
        switch kind {
        case .letter, .number, .other: return runEnd(body, of: kind)
        case .space, .newline, .otherWhitespace, .end: return whitespaceEnd(start, stopsAtNewlines: false)
        }
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
    /// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    private func llama3End(_ start: Int, digits: Int) -> Int {
        if let end = contractionEnd(start, ignoresCase: true) { return end }
        let first = look(start)
        let second = start + first.length
        switch first.kind {
        case .letter:
            return runEnd(second, of: .letter)
        case .number:
            var end = second
            for _ in 1..<digits {
                let current = look(end)
                guard current.kind == .number else { break }
                end += current.length
            }
            return end
        case .space, .otherWhitespace, .other:
            let following = look(second).kind
            if following == .letter { return runEnd(second, of: .letter) }
            if first.kind == .other { return runEnd(runEnd(second, of: .other), of: .newline) }
            if first.kind == .space, following == .other { return runEnd(runEnd(second, of: .other), of: .newline) }
            return whitespaceEnd(start, stopsAtNewlines: true)
        case .newline:
            return whitespaceEnd(start, stopsAtNewlines: true)
        case .end:
            return start
        }
    }

    /// `\s*[\r\n]+` if `stopsAtNewlines`, then `\s+(?!\S)|\s+`: the last space goes to the word that follows.
    private func whitespaceEnd(_ start: Int, stopsAtNewlines: Bool) -> Int {
        var end = start
        var lastStart = start
        var newlineEnd: Int?
        var current = look(end)
        while current.kind.isWhitespace {
            lastStart = end
            end += current.length
            if current.kind == .newline { newlineEnd = end }
            current = look(end)
        }
        if stopsAtNewlines, let newlineEnd { return newlineEnd }
        if current.kind == .end || lastStart == start { return end }
        return lastStart
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d`. Without regard to case, U+017F (long s) is an s too.
    private func contractionEnd(_ start: Int, ignoresCase: Bool) -> Int? {
        guard text[start] == 0x27, start + 1 < end else { return nil }
        let fold: UInt8 = ignoresCase ? 0x20 : 0
        let first = text[start + 1] | fold
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
            guard start + 2 < end else { return nil }
            let second = text[start + 2] | fold
            return second == (first == UInt8(ascii: "l") ? first : UInt8(ascii: "e")) ? start + 3 : nil
        default:
            guard ignoresCase, start + 2 < end, text[start + 1] == 0xC5, text[start + 2] == 0xBF else { return nil }
            return start + 3
        }
    }

    private func runEnd(_ start: Int, of kind: ScalarClass) -> Int {
        var end = start
        var current = look(end)
        while current.kind == kind {
            end += current.length
            current = look(end)
        }
        return end
    }

    /// The class and the length in bytes of the character at `index`.
    @inline(__always)
    private func look(_ index: Int) -> (kind: ScalarClass, length: Int) {
        guard index < end else { return (.end, 0) }
        let byte = text[index]
        if byte < 0x80 { return (ScalarClass(ascii: byte), 1) }
        return lookBeyondASCII(index, byte)
    }

    private func lookBeyondASCII(_ index: Int, _ lead: UInt8) -> (kind: ScalarClass, length: Int) {
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard index + length <= end else { return (.other, end - index) }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for offset in 1..<length { value = value << 6 | UInt32(text[index + offset] & 0x3F) }
        return (ScalarClass(nonASCII: value), length)
    }
}
