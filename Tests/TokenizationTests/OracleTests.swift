import Testing
import Tokenization

@Suite("Equal to the models' own tokenizers")
struct OracleTests {
    @Test(
        "1,000 random strings become the same tokens",
        arguments: [
            ("smollm2", "smollm", "smollm2.smollm"), ("smollm2", "gpt-2", "smollm2.gpt-2"),
            ("smollm2", "qwen2", "smollm2.qwen2"), ("llama3", "llama-bpe", "llama3.llama-bpe"),
            ("llama3", "llama-bpe", "llama3.tiktoken"),
        ])
    func encoding(vocabulary: String, pre: String, golden: String) throws {
        let tokenizer = try OracleData.tokenizer(vocabulary, pre: pre)
        let texts: OracleData.Strings = try OracleData.load("strings")
        let expected: [[TokenID]] = try OracleData.load("\(golden).golden")
        try #require(texts.strings.count == 1000 && expected.count == 1000)
        for (number, (text, tokens)) in zip(texts.strings, expected).enumerated() {
            let place = "string \(number) of seed \(texts.seed)"
            #expect(tokenizer.encode(text) == tokens, "\(place): \(text.debugDescription)")
        }
    }

    @Test("Llama-3's anchor sentence")
    func anchor() throws {
        let tokenizer = try OracleData.tokenizer("llama3")
        #expect(tokenizer.encode("This is a test sentence.") == [2028, 374, 264, 1296, 11914, 13])
        #expect(tokenizer.encode("\n\n") == [271])
        #expect(tokenizer.encode("Hi", addBOS: true).first == 128000)
        #expect(tokenizer.vocabularySize == 128_256)
    }

    @Test("random tokens become the same text")
    func decoding() throws {
        let tokenizer = try OracleData.tokenizer("smollm2")
        for golden in try OracleData.load("smollm2.decodings", as: [OracleData.Decoding].self) {
            #expect(tokenizer.decode(golden.tokens) == golden.text)
            #expect(tokenizer.decode(golden.tokens, skipsSpecials: false) == golden.whole)
        }
    }

    @Test("conversations become the same tokens as transformers makes of the template", arguments: 0..<5)
    func chats(number: Int) throws {
        let test = try OracleData.load("chats", as: [OracleData.ChatCase].self)[number]
        let tokenizer = try OracleData.tokenizer(test.vocabulary, pre: test.pre)
        let format = try ChatFormat(template: test.template)
        for chat in test.chats {
            let messages = chat.messages.map { ChatMessage(role: $0.role, content: $0.content) }
            let tokens = try format.encode(
                messages, ending: chat.prompt ? .generationPrompt : .closedTurn, with: tokenizer)
            let ours = tokenizer.decode(tokens, skipsSpecials: false)
            let theirs = tokenizer.decode(chat.tokens, skipsSpecials: false)
            #expect(tokens == chat.tokens, "\(ours) ≠ \(theirs)")
        }
    }

    @Test("an answer that is to go on stays open where transformers leaves it open", arguments: 0..<5)
    func continuedChats(number: Int) throws {
        let test = try OracleData.load("chats", as: [OracleData.ChatCase].self)[number]
        let tokenizer = try OracleData.tokenizer(test.vocabulary, pre: test.pre)
        let format = try ChatFormat(template: test.template)
        let chats = test.chats.filter { $0.continued != nil }
        #expect(chats.count > 10)
        for chat in chats {
            let messages = chat.messages.map { ChatMessage(role: $0.role, content: $0.content) }
            let tokens = try format.encode(messages, ending: .openAnswer, with: tokenizer)
            let expected = try #require(chat.continued)
            let ours = tokenizer.decode(tokens, skipsSpecials: false)
            let theirs = tokenizer.decode(expected, skipsSpecials: false)
            #expect(tokens == expected, "\(ours) ≠ \(theirs)")
        }
    }

    @Test("bytes that are not UTF-8 become U+FFFD as in Python, whole or byte by byte")
    func brokenText() throws {
        for golden in try OracleData.load("broken-utf8", as: [OracleData.Broken].self) {
            let digits = Array(golden.hex)
            let bytes = try stride(from: 0, to: digits.count, by: 2).map {
                try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
            }
            #expect(String(decoding: bytes, as: UTF8.self) == golden.text, "\(golden.hex)")
            var stream = TextStream()
            var text = ""
            for byte in bytes {
                withUnsafeBytes(of: byte) { _ = stream.append($0.bindMemory(to: UInt8.self)) }
                text += stream.takeText()
            }
            stream.finish()
            text += stream.takeText()
            #expect(Array(text.utf8) == Array(golden.text.utf8), "\(golden.hex)")
        }
    }
}
