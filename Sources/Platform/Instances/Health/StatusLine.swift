/// Reads the first line of an HTTP/1 answer as it comes in, byte by byte, and no more than that.
package struct StatusLine: Sendable {
    package enum Progress: Sendable, Equatable {
        case incomplete
        case status(Int)
        case rubbish
    }

    private static let start = Array("HTTP/1.".utf8)
    private var bytes: [UInt8] = []

    package init() {}

    package mutating func append(_ more: some Sequence<UInt8>) -> Progress {
        for byte in more {
            if byte == UInt8(ascii: "\n") { return parse() }
            guard bytes.count < Limits.statusLineBytes else { return .rubbish }
            bytes.append(byte)
            // Known to be wrong before the line ends, which may be never.
            if bytes.count <= Self.start.count, byte != Self.start[bytes.count - 1] { return .rubbish }
        }
        return .incomplete
    }

    /// `HTTP/1.1 200 OK`, with or without the words.
    private func parse() -> Progress {
        let line = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].count == Self.start.count + 1, parts[1].count == 3,
            let code = Int(String(decoding: parts[1], as: UTF8.self)), (100...599).contains(code)
        else { return .rubbish }
        return .status(code)
    }
}
