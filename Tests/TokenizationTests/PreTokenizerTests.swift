import Testing
import Tokenization

@Suite("Pre-tokenizers")
struct PreTokenizerTests {
    @Test("an unknown name is refused by name")
    func unknownName() throws {
        let error = try #require(throws: TokenizerError.self) { try PreTokenizer(ggufName: "klingon") }
        #expect(error.code == .unknownPreTokenizer)
        #expect(error.message.contains("klingon"))
    }
}
