import Instances
import Testing

@Suite("Status line")
struct StatusLineTests {
    @Test(
        "reads the status, with or without words, however it is cut",
        arguments: [
            ("HTTP/1.1 200 OK\r\n", 200), ("HTTP/1.0 503 Service Unavailable\n", 503), ("HTTP/1.1 404\r\n", 404),
        ])
    func reads(text: String, status: Int) {
        for cut in 0...text.utf8.count {
            var line = StatusLine()
            let first = line.append(text.utf8.prefix(cut))
            #expect(first == (cut == text.utf8.count ? .status(status) : .incomplete))
            if first == .incomplete { #expect(line.append(text.utf8.dropFirst(cut)) == .status(status)) }
        }
    }

    @Test("knows rubbish at its first wrong byte", arguments: ["SSH-2.0", "<html>", "\0\0\0\0", "HTTP/2 200", "\n"])
    func rubbish(text: String) {
        var line = StatusLine()
        #expect(line.append(text.utf8) == .rubbish)
    }

    @Test("refuses what is no status", arguments: ["HTTP/1.1 abc\n", "HTTP/1.1 99\n", "HTTP/1.1 2000\n", "HTTP/1.1\n"])
    func noStatus(text: String) {
        var line = StatusLine()
        #expect(line.append(text.utf8) == .rubbish)
    }

    @Test("does not wait for the end of a line without one")
    func endless() {
        var line = StatusLine()
        #expect(line.append("HTTP/1.1 200 ".utf8) == .incomplete)
        #expect(line.append(repeatElement(UInt8(ascii: "a"), count: 1000)) == .rubbish)
    }
}
