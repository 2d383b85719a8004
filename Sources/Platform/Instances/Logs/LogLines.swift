/// Makes lines of a log from what a program writes, in whatever pieces it comes: each begins with a time and ends, and
/// none is longer than allowed. Bytes are kept as they are; they need not be text.
struct LogLines: Sendable {
    private static let cut = Array(" … [cut]".utf8)
    private let longest: Int
    private var length = 0
    private var isCut = false

    init(longest: Int = Limits.logLineBytes) { self.longest = longest }

    /// A line has begun and not ended.
    private(set) var isAmidLine = false

    /// Appends what `bytes` make to `output`.
    mutating func append(_ bytes: UnsafeRawBufferPointer, stamp: [UInt8], to output: inout [UInt8]) {
        var rest = bytes[...]
        while let first = rest.first {
            if !isAmidLine {
                output += stamp
                isAmidLine = true
            }
            if first == UInt8(ascii: "\n") {
                rest = rest.dropFirst()
                end(&output)
                continue
            }
            let piece = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[piece.endIndex...]
            let taken = piece.prefix(longest - length)
            output += taken
            length += taken.count
            if taken.count < piece.count, !isCut {
                output += Self.cut
                isCut = true
            }
        }
    }

    /// Ends the line that the program left open.
    mutating func finish(_ output: inout [UInt8]) {
        if isAmidLine { end(&output) }
    }

    private mutating func end(_ output: inout [UInt8]) {
        output.append(UInt8(ascii: "\n"))
        isAmidLine = false
        isCut = false
        length = 0
    }
}
