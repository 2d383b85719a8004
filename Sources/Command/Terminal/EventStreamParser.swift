/// Server-sent events, incrementally: bytes in, the data of complete events out. Comment lines and fields other than
/// `data` are passed over. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
package struct EventStreamParser: Sendable {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var followsReturn = false

    package init() {}

    /// Takes the next bytes of the stream, however they are cut. Throws if an event grows beyond the limit.
    package mutating func append(_ bytes: some Sequence<UInt8>) throws(TerminalError) -> [String] {
        var events: [String] = []
        for byte in bytes {
            let isSecondHalfOfLineEnd = byte == UInt8(ascii: "\n") && followsReturn
            followsReturn = byte == UInt8(ascii: "\r")
            if isSecondHalfOfLineEnd { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
                if line.count + data.count > Limits.eventBytes {
                    throw TerminalError(
                        .connectionLost, "The server sent an event of more than \(Limits.eventBytes) bytes.")
                }
            }
        }
        return events
    }

    private mutating func endLine() -> String? {
        defer { line.removeAll(keepingCapacity: true) }
        if line.isEmpty {
            defer {
                data.removeAll(keepingCapacity: true)
                hasData = false
            }
            return hasData ? String(decoding: data, as: UTF8.self) : nil
        }
        let field = line.prefix { $0 != UInt8(ascii: ":") }
        guard field.elementsEqual("data".utf8) else { return nil }
        var value = line.dropFirst(field.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if hasData { data.append(UInt8(ascii: "\n")) }
        data += value
        hasData = true
        return nil
    }
}
