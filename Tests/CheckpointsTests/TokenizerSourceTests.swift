import Checkpoints
import TestSupport
import Testing
import Tokenization

@Suite("A checkpoint's vocabulary")
struct TokenizerSourceTests {
    private func source(_ change: (inout GGUFBuilder) -> Void = { _ in }) throws -> TokenizerSource {
        var builder = TinyModel().builder()
        change(&builder)
        return try open(builder.build()).tokenizerSource()
    }

    @Test("is read with kinds, merges and specials")
    func sound() throws {
        let source = try source()
        #expect(source.preTokenizer == .smollm)
        #expect(source.tokens.count == 265)
        #expect(source.tokens[3 + 0x41] == "A")
        #expect(source.kinds[0] == .control)
        #expect(source.kinds[3] == .normal)
        #expect(source.merges.first == "h e")
        #expect(source.bos == 1)
        #expect(source.eos == 2)
        #expect(!source.addsBOS)
    }

    @Test("ends answers at the end of sequence and at every known end of a turn")
    func ends() throws {
        #expect(try source().endOfGeneration == [2, 0])
        #expect(try source { $0.set("tokenizer.ggml.eot_token_id", .uint32(7)) }.endOfGeneration == [2, 7, 0])
        #expect(try source { $0.set("tokenizer.ggml.eos_token_id", nil) }.endOfGeneration == [0, 2])
        let kinds = GGUFBuilder.Value.int32s([Int32](repeating: 1, count: 265))
        #expect(try source { $0.set("tokenizer.ggml.token_type", kinds) }.endOfGeneration == [2])
    }

    @Test("of Llama 3 adds the beginning of sequence unless the file says otherwise")
    func addsBOS() throws {
        let llama = try source { file in
            file.set("tokenizer.ggml.pre", .string("llama-bpe"))
            file.set("tokenizer.ggml.add_bos_token", nil)
        }
        #expect(llama.addsBOS)
        #expect(!(try source { $0.set("tokenizer.ggml.pre", .string("llama-bpe")) }.addsBOS))
    }

    @Test("that is unsound or unknown is refused by name")
    func refused() {
        func error(_ key: String, _ value: GGUFBuilder.Value?) -> CheckpointError? {
            checkpointError { _ = try source { $0.set(key, value) } }
        }
        #expect(error("tokenizer.ggml.model", .string("llama"))?.message.contains("\"llama\"") == true)
        #expect(error("tokenizer.ggml.pre", .string("falcon"))?.message.contains("falcon") == true)
        #expect(error("tokenizer.ggml.pre", nil)?.code == .unsupportedTokenizer)
        #expect(error("tokenizer.ggml.tokens", nil)?.code == .missingMetadata)
        #expect(error("tokenizer.ggml.merges", nil)?.code == .missingMetadata)
        #expect(error("tokenizer.ggml.tokens", .strings([]))?.code == .limitExceeded)
        #expect(error("tokenizer.ggml.tokens", .int32s([1]))?.code == .invalidMetadata)
        #expect(error("tokenizer.ggml.token_type", .int32s([1, 1]))?.code == .tokenizerMismatch)
        let kinds = [Int32](repeating: 9, count: 265)
        #expect(error("tokenizer.ggml.token_type", .int32s(kinds))?.code == .invalidMetadata)
        #expect(error("tokenizer.ggml.eos_token_id", .uint32(265))?.code == .invalidMetadata)
    }

    @Test("with a token that is not UTF-8 is refused with the token's number")
    func notUTF8() {
        var array: [UInt8] = []
        array.append(integer: UInt32(8))
        array.append(integer: UInt64(2))
        array.append(string: "a")
        array.append(integer: UInt64(1))
        array.append(0xff)
        let error = checkpointError { _ = try source { $0.set("tokenizer.ggml.tokens", .raw(type: 9, array)) } }
        #expect(error?.message.contains("[1] is not valid UTF-8") == true)
    }
}
