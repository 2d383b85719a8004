package import Tokenization

/// A vocabulary of the 256 bytes and ChatML's marks: text and tokens correspond byte by byte, so that tests can count.
package enum ByteVocabulary {
    package static func tokenizer() throws -> Tokenizer {
        let marks = ["<|im_start|>", "<|im_end|>"]
        return try Tokenizer(
            source: TokenizerSource(
                preTokenizer: .gpt2, tokens: (0..<256).map { spelling(of: UInt8($0)) } + marks,
                kinds: Array(repeating: .normal, count: 256) + marks.map { _ in .control }, merges: [],
                bos: nil, eos: TokenID(257), endOfGeneration: [TokenID(257)]))
    }

    package static func chatML() throws -> ChatFormat {
        try ChatFormat(
            template: """
                {% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + \
                '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}\
                {% endif %}
                """)
    }

    package static func tokens(_ text: String) -> [TokenID] { text.utf8.map { TokenID(Int($0)) } }

    /// GPT-2's character for a byte: printable ones stand for themselves, the others are U+0100 and up.
    private static func spelling(of byte: UInt8) -> String {
        let value: UInt32 =
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: UInt32(byte)
            case 0x00...0x20: 0x100 + UInt32(byte)
            case 0x7F...0xA0: 0x121 + UInt32(byte) - 0x7F
            default: 0x143
            }
        return Unicode.Scalar(value).map { String($0) } ?? "?"
    }
}
