import Tokenization

/// What libFuzzer calls with every input: reads one text file of a checkpoint, among sound others, as the product does.
///
/// The first byte says which file the rest is. Errors are right answers; traps, reads out of bounds, hangs and large
/// allocations are findings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzText(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: start, count: count)
    guard let selector = input.first else { return 0 }
    var files = soundFiles
    let names = HuggingFaceText.fileNames
    let name = names[Int(selector) % names.count]
    if name == "tokenizer.model" { files["tokenizer.json"] = nil }
    files[name] = Array(input.dropFirst())
    guard let text = try? HuggingFaceText(files: files, vocabularySize: 600) else { return 0 }
    guard let tokenizer = try? Tokenizer(source: text.tokenizer) else { return 0 }
    let sample = "hello <think> e\u{301} 123 <|im_end|><｜User｜>\r\n  don't"
    let tokens = tokenizer.encode(sample, addBOS: true, parsesSpecials: true)
    precondition(tokens.allSatisfy { (0..<600).contains($0.index) }, "a token outside the vocabulary")
    _ = tokenizer.decode(tokens, skipsSpecials: false)
    precondition(tokenizer.endOfGeneration.allSatisfy { (0..<600).contains($0.index) }, "an end outside the vocabulary")
    guard let template = text.chatTemplate, let format = try? ChatFormat(template: template) else { return 0 }
    let messages = [
        ChatMessage(role: "system", content: "s"), ChatMessage(role: "user", content: sample),
        ChatMessage(role: "assistant", content: "a</think>b"),
    ]
    for ending in [ChatFormat.Ending.generationPrompt, .closedTurn, .openAnswer] {
        _ = try? format.encode(messages, ending: ending, with: tokenizer)
    }
    return 0
}

private let soundFiles: [String: [UInt8]] = [
    "tokenizer.json": Array(
        #"""
        {"added_tokens": [{"id": 4, "content": "<|im_start|>", "special": true},
        {"id": 5, "content": "<|im_end|>", "special": true}], "normalizer": null,
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
        "model": {"type": "BPE", "vocab": {"h": 0, "e": 1, "l": 2, "he": 3}, "merges": ["h e"]}}
        """#.utf8)
]
