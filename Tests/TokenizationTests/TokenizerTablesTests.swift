import Testing
import Tokenization

@Suite("Tokenizer tables")
struct TokenizerTablesTests {
    @Test(
        "a vocabulary that contradicts itself is refused with the reason",
        arguments: [
            (Fault.noTokens, "no tokens"), (.kindsMissing, "token types"), (.twins, "are both \"a\""),
            (.specialTwins, "are both \"<think>\""), (.unknownMergePart, "names the token \"qq\""),
            (.unknownMergeResult, "makes a token that it does not have"), (.oneSidedMerge, "is not two tokens"),
            (.threePartMerge, "is not two tokens"), (.strangeBOS, "its bos token is 9999"),
            (.negativeEnd, "its end token is -2"),
        ])
    func refused(fault: Fault, reason: String) throws {
        var source = SmallVocabulary.source()
        fault.apply(to: &source)
        let error = try #require(throws: TokenizerError.self) { try TokenizerTables.build(from: source) }
        #expect(error.code == .invalidVocabulary)
        #expect(error.message.contains(reason), "\(error.message)")
    }

    enum Fault: Sendable {
        case noTokens, kindsMissing, twins, specialTwins, unknownMergePart, unknownMergeResult, oneSidedMerge
        case threePartMerge, strangeBOS, negativeEnd

        func apply(to source: inout TokenizerSource) {
            switch self {
            case .noTokens: source.tokens = []
            case .kindsMissing: source.kinds.removeLast()
            case .twins: source.tokens[source.tokens.count - 1] = "a"
            case .specialTwins: source.tokens[3] = "<think>"
            case .unknownMergePart: source.merges.append("qq a")
            case .unknownMergeResult: source.merges.append("z z")
            case .oneSidedMerge: source.merges.append("ab")
            case .threePartMerge: source.merges.append("a b c")
            case .strangeBOS: source.bos = 9999
            case .negativeEnd: source.endOfGeneration = [-2]
            }
        }
    }

    @Test("building is deterministic and a multiple of 8 bytes long")
    func deterministic() throws {
        let tables = try TokenizerTables.build(from: SmallVocabulary.source())
        #expect(tables.count % 8 == 0)
        #expect(try TokenizerTables.build(from: SmallVocabulary.source()) == tables)
    }

    @Test("every truncation is refused")
    func truncated() throws {
        let tables = try TokenizerTables.build(from: SmallVocabulary.source())
        for count in stride(from: 0, to: tables.count, by: 13) {
            let part = Array(tables[..<count])
            #expect(throws: TokenizerError.self) { try part.withTokenizer { _ in } }
        }
    }

    @Test("damaged tables give an error or wrong tokens, never a crash")
    func damaged() throws {
        let tables = try TokenizerTables.build(from: SmallVocabulary.source())
        for seed in 0..<3000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var broken = tables
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                // The header a third of the time: it is small, and most of the bounds stand in it.
                let isHeader = Int.random(in: 0..<3, using: &generator) == 0
                let place = Int.random(in: 0..<(isHeader ? 256 : broken.count), using: &generator)
                let values = [0, 0xFF, UInt8.random(in: 0...255, using: &generator)]
                broken[place] = values.randomElement(using: &generator) ?? 0
            }
            do {
                try broken.withTokenizer { tokenizer in
                    let text = "hello abc <think> <|im_end|> é 123"
                    let tokens = tokenizer.encode(text, addBOS: true, parsesSpecials: true)
                    _ = tokenizer.decode(tokens, skipsSpecials: false)
                    let all = tokens + tokenizer.endOfGeneration
                    #expect(all.allSatisfy { $0 >= 0 && $0.index < tokenizer.vocabularySize }, "seed \(seed)")
                    for token in 0..<min(tokenizer.vocabularySize, 400) {
                        // Read every byte, so that a sanitizer would see one that is out of bounds.
                        _ = tokenizer.bytes(of: TokenID(token)).reduce(0) { $0 &+ Int($1) }
                    }
                }
            } catch {
                #expect(error is TokenizerError, "seed \(seed)")
            }
        }
    }

    @Test("tables from another version say that the model must be added again")
    func otherVersion() throws {
        var tables = try TokenizerTables.build(from: SmallVocabulary.source())
        tables[8] = 77
        let error = try #require(throws: TokenizerError.self) { try tables.withTokenizer { _ in } }
        #expect(error.code == .invalidTables)
        #expect(error.message.contains("version 77") && error.message.contains("add the model again"))
    }

    @Test("a tokenizer keeps the owner of its tables alive")
    func owner() throws {
        final class Owner: Sendable {}
        weak var weakOwner: Owner?
        try TokenizerTables.build(from: SmallVocabulary.source()).withAligned { bytes in
            var tokenizer: Tokenizer?
            do {
                let owner = Owner()
                weakOwner = owner
                tokenizer = try Tokenizer(tables: bytes, owner: owner)
            }
            #expect(weakOwner != nil)
            #expect(tokenizer?.encode("hello").count == 1)
            tokenizer = nil
        }
        #expect(weakOwner == nil)
    }
}

extension [UInt8] {
    /// The bytes at an address that is a multiple of 8, with nothing readable to rely on behind them.
    func withAligned<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
        defer { copy.deallocate() }
        copy.copyBytes(from: self)
        return try body(UnsafeRawBufferPointer(copy))
    }

    func withTokenizer<R>(_ body: (Tokenizer) throws -> R) throws -> R {
        try withAligned { try body(Tokenizer(tables: $0, owner: nil)) }
    }
}
