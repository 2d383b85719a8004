import Testing
import Tokenization

@Suite("tokenizer.json and its neighbours")
struct TokenizerFileTests {
    private static let preTokenizer = #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#
    private static let model = #"{"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}"#

    private func file(
        model: String = model, preTokenizer: String = preTokenizer, added: String = "[]", more: String = ""
    ) -> [UInt8] {
        Array(
            (#"{"version": "1.0", "added_tokens": \#(added), "pre_tokenizer": \#(preTokenizer), "#
                + #"\#(more) "model": \#(model)}"#).utf8)
    }

    private func text(_ files: [String: [UInt8]], rows: Int = 8) throws -> HuggingFaceText {
        try HuggingFaceText(files: files, vocabularySize: rows)
    }

    private func refusal(_ file: [UInt8], rows: Int = 8) throws -> TokenizerError {
        try #require(throws: TokenizerError.self) { try text(["tokenizer.json": file], rows: rows) }
    }

    @Test("a vocabulary without a model type, with merges in either spelling, is read")
    func spellings() throws {
        for merges in [#"["a b"]"#, #"[["a", "b"]]"#] {
            let model = #"{"vocab": {"a": 0, "b": 1, "ab": 2}, "merges": \#(merges), "dropout": null}"#
            let source = try text(["tokenizer.json": file(model: model)]).tokenizer
            #expect(source.merges == ["a b"] && source.preTokenizer == .gpt2 && !source.ignoresMerges)
            #expect(source.tokens.count == 8 && source.kinds[2] == .normal && source.kinds[3] == .unused)
            #expect(try Tokenizer(source: source).encode("abab") == [2, 2])
        }
    }

    @Test("a token that merging would not reach is taken whole where the file says so")
    func ignoresMerges() throws {
        let vocabulary = #""vocab": {"a": 0, "b": 1, "c": 2, "abc": 3}, "merges": []"#
        for (ignores, tokens) in [(true, [3]), (false, [0, 1, 2])] as [(Bool, [TokenID])] {
            let model = #"{"type": "BPE", "ignore_merges": \#(ignores), \#(vocabulary)}"#
            let source = try text(["tokenizer.json": file(model: model)]).tokenizer
            #expect(try Tokenizer(source: source).encode("abc") == tokens)
        }
    }

    @Test(
        "other kinds of vocabulary are refused by name",
        arguments: [
            (#"{"type": "Unigram", "vocab": [["a", -1.5]], "unk_id": 0}"#, "SentencePiece"),
            (#"{"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "[UNK]"}"#, "WordPiece"),
            (#"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "byte_fallback": true}"#, "SentencePiece"),
            (#"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "</w>"}"#, "suffixes"),
            (#"{"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1}"#, "dropout"),
        ])
    func otherModels(model: String, name: String) throws {
        let error = try refusal(file(model: model))
        #expect(error.code == .unsupportedTokenizer && error.message.contains(name))
        #expect(error.message.contains("engine: command"))
    }

    @Test(
        "other ways of splitting are refused by what they say",
        arguments: [
            ("null", "does not say"), (#"{"type": "Metaspace", "replacement": "▁"}"#, "SentencePiece"),
            (#"{"type": "ByteLevel", "add_prefix_space": true}"#, "space before"),
            (#"{"type": "ByteLevel"}"#, "space before"),
            (
                #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "\\d+x"}, "#
                    + #""behavior": "Isolated"}, {"type": "ByteLevel", "add_prefix_space": false, "#
                    + #""use_regex": false}]}"#,
                #"\\d+x"#
            ),
            (
                #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"String": " "}, "#
                    + #""behavior": "Removed"}, {"type": "ByteLevel", "add_prefix_space": false, "#
                    + #""use_regex": false}]}"#,
                "Isolated"
            ),
            (#"{"type": "Sequence", "pretokenizers": []}"#, "Sequence"),
        ])
    func otherSplits(preTokenizer: String, words: String) throws {
        let error = try refusal(file(preTokenizer: preTokenizer))
        #expect(error.code == .unknownPreTokenizer && error.message.contains(words), "\(error.message)")
    }

    @Test("what would change tokens in other ways is refused")
    func otherStages() throws {
        let cases = [
            (file(more: #""normalizer": {"type": "Lowercase"},"#), "Lowercase"),
            (file(more: #""post_processor": {"type": "BertProcessing", "sep": ["b", 1], "cls": ["a", 0]},"#), "Bert"),
            (
                file(
                    more: #""post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}, "#
                        + #"{"SpecialToken": {"id": "a"}}]},"#), "around prompts"
            ),
        ]
        for (file, words) in cases {
            let message = try refusal(file).message
            #expect(message.contains(words), "\(message)")
        }
    }

    @Test("added tokens take the white space around them, or are words of their own, as the library has it")
    func reach() throws {
        let added = """
            [{"id": 10, "content": "<l>", "lstrip": true},
            {"id": 11, "content": "<r>", "rstrip": true, "special": true},
            {"id": 12, "content": "<b>", "lstrip": true, "rstrip": true, "special": true},
            {"id": 13, "content": "wo", "single_word": true},
            {"id": 14, "content": "<w>", "lstrip": true, "single_word": true, "special": true}]
            """
        let vocabulary = ["a", "b", "Ġ", "Ċ", "w", "o", "'", "_", "<", ">"].enumerated().map { "\"\($1)\": \($0)" }
        let model = #"{"type": "BPE", "vocab": {\#(vocabulary.joined(separator: ", "))}, "merges": []}"#
        let source = try text(["tokenizer.json": file(model: model, added: added)], rows: 15).tokenizer
        let tokenizer = try Tokenizer(source: source)
        let cases: [(text: String, tokens: [TokenID])] = [
            ("a <l> b", [0, 10, 2, 1]), ("a <r> \n b", [0, 2, 11, 1]), ("a\n <b> \nb", [0, 12, 1]), ("  <b>  ", [12]),
            ("a <b> <r> <b> b", [0, 12, 11, 12, 1]), ("<r> <l>b", [11, 10, 1]),
            ("wo wob 'wo' wo_ bwo wo", [13, 2, 4, 5, 1, 2, 6, 13, 6, 2, 4, 5, 7, 2, 1, 4, 5, 2, 13]),
            ("a\u{3000}<l>b", [0, 10, 1]), ("a<r>\u{2028}\u{a0}b", [0, 11, 1]), ("a <w> b", [0, 14, 2, 1]),
            ("a 'a<w>", [0, 2, 6, 0, 8, 4, 9]), ("wo<r>wo", [13, 11, 13]),
        ]
        for (text, tokens) in cases {
            #expect(tokenizer.encode(text, parsesSpecials: true) == tokens, "\(text.debugDescription)")
        }
    }

    @Test("tokens beyond the embedding, or two with one number, are refused")
    func contradictions() throws {
        #expect(try refusal(file(), rows: 2).message.contains("2 rows"))
        let twice = file(added: #"[{"id": 1, "content": "<x>", "special": true}]"#)
        #expect(try refusal(twice).code == .invalidVocabulary)
        #expect(try refusal(file(), rows: 0).code == .invalidVocabulary)
        #expect(try refusal(file(model: #"{"type": "BPE", "vocab": {"a": -1}, "merges": []}"#)).message.contains("-1"))
    }

    @Test("what is not JSON, or of the wrong type, is refused by the file and the place")
    func broken() throws {
        #expect(try refusal([]).message.contains("tokenizer.json"))
        #expect(try refusal(Array("{".utf8)).code == .invalidTextFile)
        #expect(
            try refusal(file(model: #"{"type": "BPE", "vocab": {"a": "x"}, "merges": []}"#)).message.contains("vocab.a")
        )
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(try refusal(deep).code == .invalidTextFile)
        let error = try #require(throws: TokenizerError.self) { try text([:]) }
        #expect(error.message.contains("neither tokenizer.json nor tokenizer.model"))
        let hot = try #require(throws: TokenizerError.self) {
            try text(["tokenizer.json": file(), "generation_config.json": Array(#"{"temperature": 7}"#.utf8)])
        }
        #expect(hot.message.contains("generation_config.json") && hot.message.contains("temperature"))
    }

    @Test("a SentencePiece tokenizer.model is refused by name, and a damaged one by the line")
    func otherRanks() throws {
        func refusal(_ file: String) throws -> String {
            try #require(throws: TokenizerError.self) { try text(["tokenizer.model": Array(file.utf8)]) }.message
        }
        #expect(try refusal("\n\u{0E}\n\u{05}<unk>").contains("SentencePiece"))
        #expect(try refusal("IQ== 0\nIg== 2\n").contains("line 2"))
        #expect(try refusal("IQ== 0\n!! 1\n").contains("line 2"))
        #expect(try refusal("IQ== 0\n").contains("at least 256"))
    }

    @Test("numbers, lists and null all say where answers end")
    func ends() throws {
        let added =
            #"[{"id": 3, "content": "<x>", "special": true}, {"id": 4, "content": "<|im_end|>", "special": true}]"#
        func ends(_ generation: String, _ tokenizer: String = "{}") throws -> HuggingFaceText {
            try text([
                "tokenizer.json": file(added: added), "generation_config.json": Array(generation.utf8),
                "tokenizer_config.json": Array(tokenizer.utf8), "config.json": Array(#"{"eos_token_id": 3}"#.utf8),
            ])
        }
        #expect(try ends(#"{"eos_token_id": 0}"#).tokenizer.endOfGeneration == [0, 3, 4])
        #expect(try ends(#"{"eos_token_id": [2, 1]}"#).tokenizer.endOfGeneration == [2, 1, 3, 4])
        #expect(try ends(#"{"eos_token_id": null}"#).tokenizer.endOfGeneration == [3, 4])
        #expect(try ends("{}", #"{"eos_token": {"content": "<|im_end|>"}}"#).tokenizer.eos == 4)
        #expect(throws: TokenizerError.self) { try ends(#"{"eos_token_id": 9}"#) }
        #expect(throws: TokenizerError.self) { try ends("{}", #"{"add_eos_token": true}"#) }
        let template = try ends("{}", #"{"chat_template": [{"name": "rag", "template": "x"}]}"#)
        #expect(template.chatTemplate == nil)
        #expect(try ends("{}", #"{"bos_token": "<x>", "add_bos_token": true}"#).tokenizer.addsBOS)
        #expect(!(try ends("{}", #"{"bos_token": null, "add_bos_token": true}"#).tokenizer.addsBOS))
    }

    @Test("the template's own file goes before the configuration's")
    func templateFile() throws {
        let both = try text([
            "tokenizer.json": file(), "chat_template.jinja": Array("file".utf8),
            "tokenizer_config.json": Array(#"{"chat_template": "configuration"}"#.utf8),
        ])
        #expect(both.chatTemplate == "file")
    }
}
