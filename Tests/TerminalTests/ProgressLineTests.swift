import Terminal
import Testing

@Suite("Progress line")
struct ProgressLineTests {
    private let start = ContinuousClock.now

    @Test("off a terminal, shows a plain line every ten per cent and ends once")
    func plain() {
        var line = ProgressLine("Packing", totalBytes: 100_000_000, isTerminal: false)
        let texts = (0...1000).compactMap { step in
            line.update(Double(step) / 1000, now: start + .milliseconds(step))
        }
        #expect(texts.count == 11)
        #expect(texts.first == "Packing: 0 %\n")
        #expect(texts.last == "Packing: 100 %, 100 MB/s\n")
        #expect(line.update(1, now: start + .seconds(2)) == nil)
    }

    @Test("on a terminal, rewrites one line ten times a second at most")
    func terminal() {
        var line = ProgressLine("Packing", isTerminal: true)
        let texts = (0...1000).compactMap { step in
            line.update(Double(step) / 1000, now: start + .milliseconds(step))
        }
        #expect(texts.count == 11)
        #expect(texts.allSatisfy { $0.hasPrefix("\r") })
        #expect(texts.filter { $0.contains("\n") }.count == 1)
    }
}
