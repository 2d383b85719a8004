import FoundationEssentials

/// Writes sound text files of every kind for the fuzzer to start from, each behind the byte that selects it.
@main
enum TextSeeds {
    static func main() throws {
        let folder = CommandLine.arguments[1]
        for (number, seed) in seeds.enumerated() {
            let bytes = [UInt8(seed.file)] + Array(seed.text.utf8)
            try Data(bytes).write(to: URL(filePath: "\(folder)/\(number)"))
        }
    }

    /// The file by its place in `HuggingFaceText.fileNames`.
    private static let seeds: [(file: Int, text: String)] = [
        (0, tokenizer(split: gpt2, normalizer: "null", post: "null", merges: #"["h e", "l l", "he ll"]"#)),
        (0, tokenizer(split: smollm, normalizer: "null", post: "null", merges: #"[["h", "e"]]"#)),
        (
            0,
            tokenizer(
                split: split("{1,3}"), normalizer: "null", post: bos, merges: #"[["h", "e"], ["l", "l"]]"#)
        ),
        (0, tokenizer(split: split(""), normalizer: #"{"type": "NFC"}"#, post: "null", merges: "[]")),
        (1, (0..<256).map { "\(Data([UInt8($0)]).base64EncodedString()) \($0)\n" }.joined() + "aGU= 256\n"),
        (
            2,
            #"{"bos_token": {"content": "<b>"}, "eos_token": "<|im_end|>", "add_bos_token": true, "chat_template": "#
                + #""{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + "#
                + #"'<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}x{% endif %}"}"#
        ),
        (2, #"{"chat_template": [{"name": "default", "template": "{{ bos_token }}"}], "add_eos_token": false}"#),
        (
            3,
            "{{- bos_token }}{%- set date_string = \"26 Jul 2024\" %}{# remark #}\n"
                + "{{- \"Cutting Knowledge Date: December 2023\\n\" }}{{- \"Today Date: \" + date_string }}"
                + "{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + "
                + "'<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
        ),
        (
            3,
            "{% set ns = namespace() %}{% set ns.system_prompt = message['content'] %}{{bos_token}}"
                + "{{ns.system_prompt}}{{'<｜User｜>' + message['content']}}"
                + "{% set content = content.split('</think>')[-1] %}{{'<｜Assistant｜>' + content + "
                + "'<｜end▁of▁sentence｜>'}}{{'<｜Assistant｜><think>\\n'}}"
        ),
        (4, #"{"eos_token_id": [4, 5], "bos_token_id": 4, "rope_scaling": {"rope_type": "llama3"}}"#),
        (5, #"{"eos_token_id": 5, "temperature": 0.6, "top_p": 0.9, "top_k": 20, "repetition_penalty": 1.1}"#),
    ]

    private static func tokenizer(split: String, normalizer: String, post: String, merges: String) -> String {
        #"""
        {"version": "1.0", "added_tokens": [{"id": 6, "content": "<b>", "special": true, "lstrip": false},
        {"id": 7, "content": "<think>", "special": false}], "normalizer": \#(normalizer), "pre_tokenizer": \#(split),
        "post_processor": \#(post), "model": {"type": "BPE", "dropout": null, "ignore_merges": true,
        "vocab": {"h": 0, "e": 1, "l": 2, "he": 3, "ll": 4, "hell": 5}, "merges": \#(merges)}}
        """#
    }

    private static let gpt2 = #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#
    private static let smollm =
        #"{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, "# + gpt2 + "]}"
    private static let bos =
        #"{"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing", "single": "#
        + #"[{"SpecialToken": {"id": "<b>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}]}"#

    private static func split(_ digits: String) -> String {
        #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|"#
            + #"[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"# + digits
            + #"| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "#
            + #""invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]}"#
    }
}
