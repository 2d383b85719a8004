import Foundation
import Testing
import Tokenization

@Suite("Text files of Hugging Face's checkpoints")
struct CheckpointFolderTests {
    static let names = ["smollm2", "smollm2-reaching", "llama3", "qwen2.5", "deepseek-r1-qwen"]

    private struct Golden: Decodable {
        struct Case: Decodable {
            var text: String
            var tokens: [TokenID]
        }
        var rows: Int
        var cases: [Case]
    }

    private struct Chats: Decodable {
        var folder: String
        var chats: [OracleData.ChatCase.Chat]
    }

    private func read(_ name: String) throws -> (text: HuggingFaceText, golden: Golden) {
        let golden = try #require(OracleData.load("folders", as: [String: Golden].self)[name])
        var files: [String: [UInt8]] = [:]
        for file in HuggingFaceText.fileNames { files[file] = try? OracleData.bytes("folders/\(name)/\(file)") }
        return (try HuggingFaceText(files: files, vocabularySize: golden.rows), golden)
    }

    @Test("random strings with added tokens in between become the same tokens", arguments: names)
    func encoding(name: String) throws {
        let (text, golden) = try read(name)
        let tokenizer = try Tokenizer(source: text.tokenizer)
        #expect(tokenizer.vocabularySize == golden.rows)
        #expect(golden.cases.count == 400)
        for (number, test) in golden.cases.enumerated() {
            let tokens = tokenizer.encode(test.text, addBOS: tokenizer.addsBOS, parsesSpecials: true)
            #expect(tokens == test.tokens, "string \(number): \(test.text.debugDescription)")
        }
    }

    @Test("conversations become the same tokens as transformers makes of the folder", arguments: names)
    func chats(name: String) throws {
        let text = try read(name).text
        let tokenizer = try Tokenizer(source: text.tokenizer)
        let format = try ChatFormat(template: try #require(text.chatTemplate))
        let all = try OracleData.load("folder-chats", as: [Chats].self)
        let chats = try #require(all.first { $0.folder == name }).chats
        #expect(chats.count == 60 && chats.count { $0.continued != nil } > 10)
        for chat in chats {
            let messages = chat.messages.map { ChatMessage(role: $0.role, content: $0.content) }
            let tokens = try format.encode(
                messages, ending: chat.prompt ? .generationPrompt : .closedTurn, with: tokenizer)
            #expect(tokens == chat.tokens, "\(tokenizer.decode(tokens, skipsSpecials: false))")
            guard let continued = chat.continued else { continue }
            let open = try format.encode(messages, ending: .openAnswer, with: tokenizer)
            #expect(open == continued, "\(tokenizer.decode(open, skipsSpecials: false))")
        }
    }

    @Test("ends, beginnings and sampling come from the files beside the vocabulary")
    func neighbours() throws {
        let llama = try read("llama3").text
        #expect(llama.tokenizer.bos == 128_000 && llama.tokenizer.addsBOS)
        #expect(llama.tokenizer.endOfGeneration == [128_009, 128_001, 128_008])
        #expect(llama.samplingDefaults == SamplingDefaults(temperature: 0.6, topP: 0.9))
        let qwen = try read("qwen2.5").text
        #expect(!qwen.tokenizer.addsBOS)
        #expect(qwen.tokenizer.endOfGeneration == [151_645, 151_643])
        #expect(
            qwen.samplingDefaults
                == SamplingDefaults(temperature: 0.7, topP: 0.8, topK: 20, repetitionPenalty: 1.1))
        #expect(qwen.tokenizer.kinds.last == .unused)
        let deepSeek = try read("deepseek-r1-qwen").text
        #expect(deepSeek.tokenizer.addsBOS && deepSeek.tokenizer.bos == 151_646 && deepSeek.tokenizer.eos == 151_643)
        #expect(try read("smollm2").text.samplingDefaults == nil)
    }

    @Test("Llama-3's tokenizer.model gives the same tokens as tiktoken, and both generations' names")
    func ranks() throws {
        let file = try OracleData.bytes("../downloads/tokenizer.model")
        let old = try HuggingFaceText(files: ["tokenizer.model": file], vocabularySize: 128_256)
        let tokenizer = try Tokenizer(source: old.tokenizer)
        let texts: OracleData.Strings = try OracleData.load("strings")
        let expected: [[TokenID]] = try OracleData.load("llama3.tiktoken.golden")
        for (text, tokens) in zip(texts.strings, expected) {
            #expect(tokenizer.encode(text) == tokens, "\(text.debugDescription)")
        }
        #expect(tokenizer.specialToken(spelled: "<|reserved_special_token_250|>") == 128_255)
        #expect(tokenizer.specialToken(spelled: "<|reserved_special_token_2|>") == 128_004)
        #expect(tokenizer.endOfGeneration == [128_001, 128_009])
        let configuration = Array(#"{"rope_scaling": {"rope_type": "llama3"}}"#.utf8)
        let new = try HuggingFaceText(
            files: ["tokenizer.model": file, "config.json": configuration], vocabularySize: 128_256)
        #expect(new.tokenizer.tokens[128_004] == "<|finetune_right_pad_id|>")
        #expect(new.tokenizer.tokens[128_008] == "<|eom_id|>" && new.tokenizer.tokens[128_010] == "<|python_tag|>")
        #expect(new.tokenizer.tokens[128_255] == "<|reserved_special_token_247|>")
        #expect(new.tokenizer.endOfGeneration == [128_001, 128_008, 128_009])
    }
}
