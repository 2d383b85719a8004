package import Tokenization

/// A vocabulary of the 256 bytes and a chat format's marks: text and tokens correspond byte by byte, so that tests can
/// count.
package enum ByteVocabulary {
    package static let chatMLMarks = ["<|im_start|>", "<|im_end|>"]
    package static let deepSeekR1Marks = ["<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>"]

    /// - Parameter marks: the tokens from 256 on; the last one ends answers.
    package static func tokenizer(marks: [String] = chatMLMarks) throws -> Tokenizer {
        let end = TokenID(255 + marks.count)
        return try Tokenizer(
            source: TokenizerSource(
                preTokenizer: .gpt2, tokens: (0..<256).map { spelling(of: UInt8($0)) } + marks,
                kinds: Array(repeating: .normal, count: 256) + marks.map { _ in .control }, merges: [],
                bos: nil, eos: end, endOfGeneration: [end]))
    }

    package static func chatML() throws -> ChatFormat {
        try ChatFormat(
            template: """
                {% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + \
                '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}\
                {% endif %}
                """)
    }

    /// A format whose prompts end with the opening of a thought.
    package static func deepSeekR1() throws -> ChatFormat {
        try ChatFormat(
            template: """
                {% set ns = namespace(system_prompt='') %}{% for message in messages %}\
                {% if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{% endif %}\
                {% endfor %}{{ns.system_prompt}}{% for message in messages %}\
                {% if message['role'] == 'user' %}{{'<｜User｜>' + message['content']}}{% endif %}\
                {% if message['role'] == 'assistant' %}{% set content = message['content'] %}\
                {% set content = content.split('</think>')[-1] %}\
                {{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{% endif %}{% endfor %}\
                {% if add_generation_prompt %}{{'<｜Assistant｜><think>\\n'}}{% endif %}
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
