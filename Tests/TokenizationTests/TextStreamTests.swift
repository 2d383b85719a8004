import Testing
import Tokenization

@Suite("Text stream")
struct TextStreamTests {
    @Test("any chunking gives the whole text, in whole characters")
    func chunking() throws {
        for seed in 0..<500 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let text = generator.text(upTo: 50)
            var stream = TextStream(stops: ["\u{10FFFF}never"])
            var result = ""
            for chunk in Array(text.utf8).randomChunks(&generator) {
                #expect(stream.append(chunk) == nil)
                let piece = stream.take { Array($0) }
                result += try #require(String(validating: piece, as: UTF8.self), "seed \(seed)")
            }
            stream.finish()
            result += stream.takeText()
            #expect(Array(result.utf8) == Array(text.utf8), "seed \(seed)")
        }
    }

    @Test("stop strings are found as a plain search finds them, across any chunks", arguments: [false, true])
    func stops(includesMatch: Bool) {
        for seed in 0..<2000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let text = generator.letters(in: 0...40)
            let stops = (0..<Int.random(in: 0...3, using: &generator)).map { _ in generator.letters(in: 0...4) }
            let expected = plainSearch(text, stops, includesMatch: includesMatch)

            var stream = TextStream(stops: stops, includesMatch: includesMatch)
            var result = ""
            var match: TextStream.StopMatch?
            for chunk in Array(text.utf8).randomChunks(&generator) {
                match = stream.append(chunk) ?? match
                if Bool.random(using: &generator) { result += stream.takeText() }
            }
            match = stream.finish() ?? match
            result += stream.takeText()
            #expect(result == expected.text && match?.index == expected.index, "seed \(seed): \(text) \(stops)")
        }
    }

    /// The match that ends first; of those that end there the longest; of equal ones the first.
    private func plainSearch(_ text: String, _ stops: [String], includesMatch: Bool) -> (text: String, index: Int?) {
        let bytes = Array(text.utf8)
        for end in 0...bytes.count {
            let matches = stops.indices.filter {
                !stops[$0].isEmpty && bytes[..<end].reversed().starts(with: stops[$0].utf8.reversed())
            }
            guard let longest = matches.map({ stops[$0].utf8.count }).max(),
                let index = matches.first(where: { stops[$0].utf8.count == longest })
            else { continue }
            return (String(decoding: bytes[..<(includesMatch ? end : end - longest)], as: UTF8.self), index)
        }
        return (text, nil)
    }

    @Test("text that may become a stop string is held back, and no more than that")
    func heldBack() {
        var stream = TextStream(stops: ["END"])
        #expect(stream.append("fooE") == nil)
        #expect(stream.takeText() == "foo")
        #expect(stream.append("N") == nil)
        #expect(stream.takeText() == "")
        #expect(stream.append("E") == nil)
        #expect(stream.takeText() == "EN")
        #expect(stream.append("NDbar") == TextStream.StopMatch(index: 0))
        #expect(stream.takeText() == "")
        #expect(stream.append("more") == nil)
        stream.finish()
        #expect(stream.takeText() == "")
    }

    @Test("at the end, what was held back comes out, and half a character as U+FFFD")
    func finish() {
        var stream = TextStream(stops: ["END"])
        #expect(stream.append("EN") == nil)
        #expect(stream.append([0xE2, 0x82]) == nil)
        #expect(stream.takeText() == "")
        stream.finish()
        #expect(stream.takeText() == "EN\u{FFFD}")
    }

    @Test("a replacement character can complete a stop string")
    func replacementStop() {
        var stream = TextStream(stops: ["a\u{FFFD}"], includesMatch: true)
        #expect(stream.append(Array("ba".utf8) + [0xF0, 0x9F]) == nil)
        #expect(stream.finish() == TextStream.StopMatch(index: 0))
        #expect(stream.takeText() == "ba\u{FFFD}")
    }

    @Test("a token longer than the buffer passes whole")
    func enormousToken() {
        let text = String(repeating: "é", count: 3 * TextStream.capacity)
        var stream = TextStream()
        #expect(stream.append(text) == nil)
        #expect(stream.takeText() == text)
    }
}

extension TextStream {
    fileprivate mutating func append(_ bytes: [UInt8]) -> StopMatch? {
        bytes.withUnsafeBufferPointer { append($0) }
    }

    fileprivate mutating func append(_ text: String) -> StopMatch? {
        append(Array(text.utf8))
    }
}

extension SeededGenerator {
    /// Few different letters, so that matches and near misses abound.
    fileprivate mutating func letters(in lengths: ClosedRange<Int>) -> String {
        String((0..<Int.random(in: lengths, using: &self)).map { _ in "abé".randomElement(using: &self) ?? "a" })
    }
}

extension [UInt8] {
    fileprivate func randomChunks(_ generator: inout SeededGenerator) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var rest = self[...]
        while !rest.isEmpty {
            chunks.append(Array(rest.prefix(Int.random(in: 1...5, using: &generator))))
            rest = rest.dropFirst(chunks.last?.count ?? 1)
        }
        return chunks
    }
}
