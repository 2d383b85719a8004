import Foundation
import Testing
import Tokenization

/// What Tests/Oracles/tokenizer_golden.py wrote: vocabularies, and what the tokenizers' own programs make of texts.
enum OracleData {
    struct Vocabulary: Decodable {
        var pre: String
        var tokens: [String]
        var kinds: [UInt8]
        var merges: [String]
        var bos: Int
        var eos: Int
        var template: String

        func source(pre: String? = nil) throws -> TokenizerSource {
            TokenizerSource(
                preTokenizer: try PreTokenizer(ggufName: pre ?? self.pre), tokens: tokens,
                kinds: try kinds.map { try #require(TokenKind(rawValue: $0)) }, merges: merges, bos: TokenID(bos),
                eos: TokenID(eos), endOfGeneration: [TokenID(eos)])
        }
    }

    struct Strings: Decodable {
        var seed: Int
        var strings: [String]
    }

    struct Decoding: Decodable {
        var tokens: [TokenID]
        /// Without special tokens, and with them.
        var text: String
        var whole: String
    }

    struct Broken: Decodable {
        var hex: String
        var text: String
    }

    struct ChatCase: Decodable {
        struct Message: Decodable {
            var role: String
            var content: String
        }
        struct Chat: Decodable {
            var messages: [Message]
            var prompt: Bool
            var tokens: [TokenID]
            /// With the last answer open; nil: the last message is a question.
            var continued: [TokenID]?
        }
        var vocabulary: String
        var pre: String
        var template: String
        var chats: [Chat]
    }

    static func load<Value: Decodable>(_ name: String, as: Value.Type = Value.self) throws -> Value {
        let url = folder.appending(path: "tokenizer/\(name).json")
        guard let data = try? Data(contentsOf: url) else {
            throw Missing(
                description: """
                    \(url.path) is missing. Make it by: python3 -m venv .venv \
                    && .venv/bin/pip install -r Tests/Oracles/requirements.txt \
                    && .venv/bin/python Tests/Oracles/tokenizer_golden.py --out \(folder.path)
                    """)
        }
        return try JSONDecoder().decode(Value.self, from: data)
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "tokenizer/\(path)").standardized))
    }

    /// The tokenizer of a vocabulary; `pre` puts another pre-tokenizer before it than its own.
    static func tokenizer(_ vocabulary: String, pre: String? = nil) throws -> Tokenizer {
        switch (vocabulary, pre) {
        case ("smollm2", nil), ("smollm2", "smollm"): try smollm2.get()
        case ("llama3", nil), ("llama3", "llama-bpe"): try llama3.get()
        default: try make(vocabulary, pre: pre)
        }
    }

    // Made once: Llama-3's takes seconds to read from JSON.
    private static let smollm2 = Result { try make("smollm2", pre: nil) }
    private static let llama3 = Result { try make("llama3", pre: nil) }

    private static func make(_ vocabulary: String, pre: String?) throws -> Tokenizer {
        try Tokenizer(source: load("\(vocabulary).vocabulary", as: Vocabulary.self).source(pre: pre))
    }

    struct Missing: Error, CustomStringConvertible {
        var description: String
    }

    private static var folder: URL {
        if let path = ProcessInfo.processInfo.environment["PRONK_TEST_DATA"] { return URL(filePath: path) }
        return URL(filePath: #filePath).appending(path: "../../../.build/test-data").standardized
    }
}
