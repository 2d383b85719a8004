import Checkpoints
import TestSupport
import Testing

@Suite("A model's configuration")
struct ConfigurationTests {
    private func error(
        _ model: TinyModel = TinyModel(), sourceLocation: SourceLocation = #_sourceLocation,
        _ breaking: (inout GGUFBuilder) -> Void
    ) -> CheckpointError? {
        var builder = model.builder()
        breaking(&builder)
        return checkpointError(sourceLocation: sourceLocation) { _ = try open(builder.build()).configuration() }
    }

    @Test("is read from the metadata, for every architecture and type")
    func sound() throws {
        for architecture in TinyModel.Architecture.allCases {
            for type in RandomBlocks.types {
                var model = TinyModel(type: type, architecture: architecture)
                model.tiedEmbeddings = type % 2 == 0
                model.hasRopeFactors = type % 3 == 0
                let configuration = try open(model.build()).configuration()
                #expect(configuration.architecture.rawValue == architecture.rawValue)
                #expect(configuration.name == "Tiny")
                #expect(configuration.vocabularySize == model.vocabularySize)
                #expect(configuration.layerCount == 2)
                #expect(configuration.hiddenSize == model.hiddenSize)
                #expect(configuration.feedForwardSize == model.feedForwardSize)
                #expect(configuration.headCount == 4)
                #expect(configuration.kvHeadCount == 2)
                #expect(configuration.headSize == model.hiddenSize / 4)
                #expect(configuration.ropeDimension == model.hiddenSize / 4)
                #expect(configuration.contextLength == 256)
                #expect(configuration.rmsNormEpsilon == 1e-5)
                #expect(configuration.ropeTheta == 10_000)
                #expect(configuration.tiedEmbeddings == model.tiedEmbeddings)
            }
        }
    }

    @Test("of an unknown architecture is an error that names it")
    func architecture() {
        let error = error { $0.set("general.architecture", .string("mamba")) }
        #expect(error?.code == .unsupportedArchitecture)
        #expect(error?.message.contains("\"mamba\"") == true)
        #expect(error?.message.contains("llama, qwen2") == true)
        let combining = String(repeating: "\u{301}", count: 1_000_000)
        let hostile = self.error { $0.set("general.architecture", .string("a" + combining)) }
        #expect((hostile?.message.utf8.count ?? .max) < 1000)
    }

    @Test(
        "needs every key",
        arguments: [
            "general.architecture", "llama.context_length", "llama.embedding_length", "llama.block_count",
            "llama.feed_forward_length", "llama.attention.head_count", "llama.attention.layer_norm_rms_epsilon",
        ])
    func missing(key: String) {
        let error = error { $0.set(key, nil) }
        #expect(error?.code == .missingMetadata)
        #expect(error?.message.contains(key) == true)
    }

    @Test(
        "needs plausible numbers",
        arguments: [
            "llama.context_length", "llama.embedding_length", "llama.block_count", "llama.feed_forward_length",
            "llama.attention.head_count", "llama.attention.head_count_kv",
        ])
    func implausible(key: String) {
        let values: [GGUFBuilder.Value] = [.uint32(0), .int32(-5), .uint64(1 << 60), .float32(4), .string("4")]
        for value in values {
            let error = error { $0.set(key, value) }
            #expect(error?.code == .invalidMetadata)
            #expect(error?.message.contains(key) == true)
        }
    }

    @Test("needs head counts that divide")
    func heads() {
        #expect(error { $0.set("llama.attention.head_count_kv", .uint32(3)) }?.code == .invalidMetadata)
        #expect(error { $0.set("llama.attention.head_count", .uint32(6)) }?.code == .invalidMetadata)
        #expect(error { $0.set("llama.rope.dimension_count", .uint32(7)) }?.code == .invalidMetadata)
        #expect(error { $0.set("llama.rope.dimension_count", .uint32(18)) }?.code == .invalidMetadata)
        #expect(error { $0.set("llama.rope.freq_base", .float32(.infinity)) }?.code == .invalidMetadata)
        #expect(error { $0.set("llama.rope.freq_base", .float32(1)) }?.code == .invalidMetadata)
    }

    @Test("needs tensors of the shapes that the metadata asks for, and says which is wrong")
    func shapes() {
        let wrong = error { $0.set("llama.feed_forward_length", .uint32(128)) }
        #expect(wrong?.code == .invalidTensor)
        #expect(wrong?.message.contains("ffn_gate") == true)
        let missing = error { file in file.tensors.removeAll { $0.name == "blk.1.attn_v.weight" } }
        #expect(missing?.code == .missingTensor)
        #expect(missing?.message.contains("blk.1.attn_v.weight") == true)
        #expect(error { $0.set("llama.block_count", .uint32(3)) }?.code == .missingTensor)
        #expect(error { $0.set("llama.block_count", .uint32(1)) }?.code == .unsupportedArchitecture)
        let bias = error(TinyModel(type: 8, architecture: .qwen2)) { file in
            file.tensors.removeAll { $0.name == "blk.0.attn_k.bias" }
        }
        #expect(bias?.code == .missingTensor)
    }

    @Test("refuses features that would change the arithmetic")
    func features() {
        #expect(error { $0.set("llama.expert_count", .uint32(8)) }?.code == .unsupportedArchitecture)
        #expect(error { $0.set("llama.rope.scaling.type", .string("longrope")) }?.message.contains("longrope") == true)
        #expect(error { $0.set("llama.logit_scale", .float32(0.5)) }?.code == .unsupportedArchitecture)
        #expect(error { $0.set("split.count", .uint32(4)) }?.message.contains("4 parts") == true)
        #expect(
            error { $0.set("llama.attention.key_length", .uint32(32)) }?.code == .invalidMetadata
                || error { $0.set("llama.attention.key_length", .uint32(32)) }?.code == .invalidTensor)
    }

    @Test("refuses a tokenizer that disagrees with the embedding")
    func tokenizer() {
        let error = error { $0.set("tokenizer.ggml.tokens", .strings(["a", "b"])) }
        #expect(error?.code == .tokenizerMismatch)
        #expect(error?.message.contains("2 tokens") == true)
        #expect(self.error { $0.set("llama.vocab_size", .uint32(7)) }?.code == .tokenizerMismatch)
    }
}
