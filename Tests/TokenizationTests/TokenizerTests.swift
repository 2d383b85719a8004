import Testing
import Tokenization

@Suite("Tokenizer")
struct TokenizerTests {
    @Test("text comes back from its tokens, whatever the splitting", arguments: [PreTokenizer.gpt2, .smollm, .llama3])
    func roundTrip(preTokenizer: PreTokenizer) throws {
        let tokenizer = try Tokenizer(source: SmallVocabulary.source(preTokenizer))
        for seed in 0..<500 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let text = generator.text(upTo: 60)
            let back = tokenizer.decode(tokenizer.encode(text))
            #expect(Array(back.utf8) == Array(text.utf8), "seed \(seed)")
        }
    }

    @Test("long words merge by the same rule as short ones")
    func longWords() throws {
        let tokenizer = try Tokenizer(source: SmallVocabulary.source())
        for seed in 0..<200 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let count = Int.random(in: 60...300, using: &generator)
            let text = String((0..<count).map { _ in "abchelo".randomElement(using: &generator) ?? "a" })
            #expect(tokenizer.encode(text) == slowly(text, SmallVocabulary.source()), "seed \(seed)")
        }
    }

    /// Byte-pair encoding by its definition, for text that is one piece.
    private func slowly(_ text: String, _ source: TokenizerSource) -> [TokenID] {
        var parts = text.map(String.init)
        for _ in parts {
            let ranks = zip(parts, parts.dropFirst()).map { source.merges.firstIndex(of: "\($0) \($1)") ?? .max }
            guard let best = ranks.min(), best != .max, let place = ranks.firstIndex(of: best) else { break }
            parts[place] += parts.remove(at: place + 1)
        }
        return parts.map { TokenID(source.tokens.firstIndex(of: $0) ?? -1) }
    }

    @Test("a megabyte without a space is no trouble")
    func megabyte() throws {
        let tokenizer = try Tokenizer(source: SmallVocabulary.source())
        let text = String(repeating: "abcaab", count: 175_000)
        #expect(tokenizer.encode(text).map { tokenizer.bytes(of: $0).count }.reduce(0, +) == text.utf8.count)
    }

    @Test("the spelling of a control token is text unless asked for")
    func specials() throws {
        let tokenizer = try Tokenizer(source: SmallVocabulary.source())
        let text = "a<|im_end|>b"
        #expect(!tokenizer.encode(text).contains(SmallVocabulary.imEnd))
        #expect(tokenizer.decode(tokenizer.encode(text)) == text)
        let parsed = tokenizer.encode(text, addBOS: true, parsesSpecials: true)
        let (a, b) = (tokenizer.encode("a"), tokenizer.encode("b"))
        #expect(parsed == [SmallVocabulary.imStart] + a + [SmallVocabulary.imEnd] + b)
        #expect(tokenizer.decode(parsed) == "ab")
        #expect(tokenizer.decode(parsed, skipsSpecials: false) == "<|im_start|>" + text)
    }

    @Test("added text tokens are always matched whole, the longest first")
    func userDefined() throws {
        let tokenizer = try Tokenizer(source: SmallVocabulary.source())
        #expect(tokenizer.encode("<think>") == [SmallVocabulary.think])
        #expect(tokenizer.encode("<think>>") == [SmallVocabulary.thinkLong])
        #expect(tokenizer.encode("<<think>").last == SmallVocabulary.think)
        #expect(tokenizer.decode([SmallVocabulary.think]) == "<think>")
    }

    @Test("tokens that frame chats are control tokens, whatever the checkpoint calls them")
    func misdeclaredFrame() throws {
        var source = SmallVocabulary.source()
        source.kinds[SmallVocabulary.imEnd.index] = .userDefined
        let tokenizer = try Tokenizer(source: source)
        #expect(tokenizer.isSpecial(SmallVocabulary.imEnd))
        #expect(!tokenizer.encode("<|im_end|>").contains(SmallVocabulary.imEnd))
    }

    @Test("bytes that the vocabulary lacks are left out, as Hugging Face does")
    func missingByte() throws {
        var source = SmallVocabulary.source()
        let index = try #require(source.tokens.firstIndex(of: "z"))
        source.tokens[index] = "yyy"
        let tokenizer = try Tokenizer(source: source)
        #expect(tokenizer.encode("azb") == tokenizer.encode("ab"))
        #expect(tokenizer.decode(tokenizer.encode("z azb z")) == " ab ")
    }

    @Test("Qwen2 composes characters")
    func composed() throws {
        let tokenizer = try Tokenizer(source: SmallVocabulary.source(.qwen2))
        #expect(tokenizer.encode("e\u{301}") == tokenizer.encode("\u{E9}"))
    }

    @Test("numbers outside the vocabulary have no bytes")
    func outside() throws {
        let tokenizer = try Tokenizer(source: SmallVocabulary.source())
        for token in [TokenID(-1), TokenID(tokenizer.vocabularySize), TokenID(rawValue: .max), TokenID(rawValue: .min)]
        {
            #expect(tokenizer.bytes(of: token).isEmpty)
            #expect(tokenizer.kind(of: token) == nil)
            #expect(!tokenizer.isSpecial(token))
        }
        #expect(tokenizer.decode([-5, 400_000]) == "")
    }
}
