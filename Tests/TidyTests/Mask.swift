/// Blanks what a rule about code must not see. A scanner of a few states, not a parser: it knows Swift's and C's
/// comments and string literals, raw and multi-line ones included, and treats an interpolation as string.
enum Mask {
    /// The text with every character inside comments and string literals replaced by a space; line ends stay, so that
    /// line numbers do.
    static func blankingCommentsAndStrings(in text: String) -> String {
        let input = Array(text.utf8)
        var output = input
        var position = 0

        func starts(with word: String, at index: Int) -> Bool {
            index + word.utf8.count <= input.count && zip(input[index...], word.utf8).allSatisfy { $0 == $1 }
        }
        func blank(to end: Int) {
            for index in position..<min(end, input.count) where input[index] != newline { output[index] = space }
            position = min(end, input.count)
        }
        func index(of word: String, from start: Int) -> Int {
            var index = start
            while index < input.count, !starts(with: word, at: index) { index += 1 }
            return index
        }

        while position < input.count {
            if starts(with: "//", at: position) {
                blank(to: index(of: "\n", from: position))
            } else if starts(with: "/*", at: position) {
                blank(to: index(of: "*/", from: position + 2) + 2)
            } else if let (hashes, quotes) = stringOpening(in: input, at: position) {
                blank(to: endOfString(in: input, from: position + hashes + quotes, hashes: hashes, quotes: quotes))
            } else if starts(with: "'", at: position), isCharacterLiteral(in: input, at: position) {
                blank(to: position + (input[position + 1] == backslash ? 4 : 3))
            } else {
                position += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static let newline = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")
    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")
    private static let backslash = UInt8(ascii: "\\")

    /// How many `#` and `"` open a string literal here, if one opens.
    private static func stringOpening(in input: [UInt8], at start: Int) -> (hashes: Int, quotes: Int)? {
        let hashes = input[start...].prefix { $0 == hash }.count
        let quotes = input[(start + hashes)...].prefix { $0 == quote }.count
        if quotes == 0 { return nil }
        return (hashes, quotes >= 3 ? 3 : 1)
    }

    /// The index after the closing delimiter, or after the line if a one-line literal is not closed.
    private static func endOfString(in input: [UInt8], from start: Int, hashes: Int, quotes: Int) -> Int {
        var index = start
        while index < input.count {
            if input[index] == backslash, hashes == 0 {
                index += 2
            } else if input[index...].prefix(quotes).allSatisfy({ $0 == quote }),
                input[index...].count >= quotes + hashes,
                input[(index + quotes)...].prefix(hashes).allSatisfy({ $0 == hash })
            {
                return index + quotes + hashes
            } else if input[index] == newline, quotes == 1 {
                return index
            } else {
                index += 1
            }
        }
        return input.count
    }

    private static func isCharacterLiteral(in input: [UInt8], at start: Int) -> Bool {
        let end = start + (start + 1 < input.count && input[start + 1] == backslash ? 3 : 2)
        return end < input.count && input[end] == UInt8(ascii: "'")
    }
}
