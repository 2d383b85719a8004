import Terminal
import Testing

@Suite("Event stream parser")
struct EventStreamParserTests {
    @Test("gives the same events wherever the bytes are cut")
    func cuts() throws {
        let stream =
            ": loading\n\ndata: {\"a\":1}\r\n\r\nevent: x\ndata: zwei\ndata:  é🦙\n\nid: 1\n\ndata: [DONE]\n\ndata: open"
        let bytes = Array(stream.utf8)
        for length in 1...bytes.count {
            var parser = EventStreamParser()
            var events: [String] = []
            for start in stride(from: 0, to: bytes.count, by: length) {
                events += try parser.append(bytes[start..<min(start + length, bytes.count)])
            }
            #expect(events == ["{\"a\":1}", "zwei\n é🦙", "[DONE]"], "cut every \(length) bytes")
        }
    }

    @Test("refuses an event that never ends")
    func endless() {
        var parser = EventStreamParser()
        #expect(throws: TerminalError.self) { _ = try parser.append(repeatElement(UInt8(ascii: "a"), count: 2 << 20)) }
    }
}
