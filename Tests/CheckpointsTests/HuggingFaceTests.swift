import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite("A Hugging Face folder")
struct HuggingFaceTests {
    let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private func open(_ tiny: TinyFolder, files: Int = 1) throws -> CheckpointContent {
        let path = folder.file("model")
        try? FileManager.default.removeItem(atPath: path)
        try tiny.write(to: path, files: files)
        return try HuggingFaceDirectory(path: path).content()
    }

    private func error(
        _ tiny: TinyFolder = TinyFolder(), files: Int = 1, sourceLocation: SourceLocation = #_sourceLocation,
        _ breaking: (inout TinyFolder) -> Void
    ) -> CheckpointError? {
        var tiny = tiny
        breaking(&tiny)
        return checkpointError(sourceLocation: sourceLocation) { _ = try open(tiny, files: files) }
    }

    @Test("holds what the GGUF file of the same model does", arguments: ["F32", "F16", "BF16"])
    func content(type: String) throws {
        for architecture in TinyModel.Architecture.allCases {
            let tiny = TinyFolder(type: type, architecture: architecture)
            let content = try open(tiny), sharded = try open(tiny, files: 3)
            #expect(content.configuration.architecture.rawValue == architecture.rawValue)
            #expect(content.configuration.ropeTheta == 10_000 && !content.configuration.tiedEmbeddings)
            #expect(content.configuration == sharded.configuration)
            #expect(content.tokenizer.tokens.count == content.configuration.vocabularySize)
            #expect(content.tensors.count == tiny.tensors.count)
            #expect(content.quantization.first?.type == type)
            let matrix = try #require(content.tensors["blk.1.attn_k.weight"])
            #expect(matrix.rows == 32 && matrix.columns == 64)
        }
    }

    /// As the model's makers published it.
    private static let llama3 = """
        {"architectures":["LlamaForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":128000,
        "eos_token_id":128009,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,
        "intermediate_size":14336,"max_position_embeddings":8192,"model_type":"llama","num_attention_heads":32,
        "num_hidden_layers":32,"num_key_value_heads":8,"pretraining_tp":1,"rms_norm_eps":1e-05,"rope_scaling":null,
        "rope_theta":500000.0,"tie_word_embeddings":false,"torch_dtype":"bfloat16",
        "transformers_version":"4.40.0.dev0","use_cache":true,"vocab_size":128256}
        """
    private static let deepSeek = """
        {"architectures":["Qwen2ForCausalLM"],"attention_dropout":0.0,"bos_token_id":151643,"eos_token_id":151643,
        "hidden_act":"silu","hidden_size":1536,"initializer_range":0.02,"intermediate_size":8960,
        "max_position_embeddings":131072,"max_window_layers":21,"model_type":"qwen2","num_attention_heads":12,
        "num_hidden_layers":28,"num_key_value_heads":2,"rms_norm_eps":1e-06,"rope_theta":10000,
        "sliding_window":4096,"tie_word_embeddings":false,"torch_dtype":"bfloat16",
        "transformers_version":"4.44.0","use_cache":true,"use_mrope":false,"use_sliding_window":false,
        "vocab_size":151936}
        """
    /// As AutoGPTQ writes it beside the model.
    private static let quantization = """
        {"bits":4,"group_size":128,"damp_percent":0.1,"desc_act":true,"static_groups":false,"sym":true,
        "true_sequential":true,"model_name_or_path":null,"model_file_base_name":"model","quant_method":"gptq",
        "checkpoint_format":"gptq"}
        """

    @Test("of Llama-3-8B-Instruct and its GPTQ is understood from its config.json alone")
    func llama3() throws {
        var json = Self.llama3, quantization = Self.quantization
        let (shape, name) = try json.withUTF8 { config in
            try quantization.withUTF8 {
                try HuggingFaceShape.description(config: .init(config), quantization: .init($0))
            }
        }
        #expect(
            shape
                == ModelConfiguration(
                    name: "llama", architecture: .llama, vocabularySize: 128_256, layerCount: 32, hiddenSize: 4096,
                    feedForwardSize: 14_336, headCount: 32, kvHeadCount: 8, headSize: 128, ropeDimension: 128,
                    contextLength: 8192, rmsNormEpsilon: 1e-5, ropeTheta: 500_000, tiedEmbeddings: false))
        #expect(name == "GPTQ-Int4-g128")
    }

    @Test("of DeepSeek-R1-Distill-Qwen-1.5B is understood from its config.json alone")
    func deepSeek() throws {
        var json = Self.deepSeek
        let (shape, name) = try json.withUTF8 { try HuggingFaceShape.description(config: .init($0)) }
        #expect(
            shape
                == ModelConfiguration(
                    name: "qwen2", architecture: .qwen2, vocabularySize: 151_936, layerCount: 28, hiddenSize: 1536,
                    feedForwardSize: 8960, headCount: 12, kvHeadCount: 2, headSize: 128, ropeDimension: 128,
                    contextLength: 131_072, rmsNormEpsilon: 1e-6, ropeTheta: 10_000, tiedEmbeddings: false))
        #expect(name == nil)
    }

    @Test(
        "says which layers of a Qwen2 model have a sliding window",
        arguments: [
            (#""use_sliding_window":true"#, 21), (#""use_sliding_window":true,"max_window_layers":3"#, 3),
            (#""use_sliding_window":true,"max_window_layers":28"#, nil),
            (#""layer_types":[\#(kinds(full: 4))]"#, 4), (#""layer_types":[\#(kinds(full: 28))]"#, nil),
        ])
    func slidingWindow(setting: String, first: Int?) throws {
        var json = Self.deepSeek.replacingOccurrences(of: #""use_sliding_window":false"#, with: setting)
        if setting.contains("max_window_layers") {
            json = json.replacingOccurrences(of: #""max_window_layers":21,"#, with: "")
        }
        let (shape, _) = try json.withUTF8 { try HuggingFaceShape.description(config: .init($0)) }
        #expect(shape.slidingWindow == (first == nil ? nil : 4096))
        #expect(shape.firstSlidingLayer == first)
        #expect((0..<28).map { shape.window(layer: $0) } == (0..<28).map { $0 >= first ?? 28 ? 4096 : nil })
    }

    private static func kinds(full: Int) -> String {
        (0..<28).map { $0 < full ? #""full_attention""# : #""sliding_attention""# }.joined(separator: ",")
    }

    @Test(
        "of another architecture is refused by name",
        arguments: ["MistralForCausalLM", "Qwen3ForCausalLM", "MixtralForCausalLM", "LlamaForSequenceClassification"])
    func architecture(name: String) {
        let error = error { $0.configuration["architectures"] = "[\"\(name)\"]" }
        #expect(error?.code == .unsupportedArchitecture)
        #expect(error?.message.contains(name) == true && error?.message.contains("Qwen2ForCausalLM") == true)
        #expect(self.error { $0.configuration["architectures"] = nil }?.code == .unsupportedArchitecture)
    }

    @Test(
        "needs plausible numbers",
        arguments: [
            "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "max_position_embeddings",
        ])
    func numbers(key: String) {
        for value in ["0", "-5", "1152921504606846976"] {
            let error = error { $0.configuration[key] = value }
            #expect(error?.code == .invalidMetadata && error?.message.contains(key) == true, "\(value)")
        }
        for value in ["\"4\"", "4.5", "[4]", "1e400"] {
            let code = error { $0.configuration[key] = value }?.code
            #expect(code == .invalidMetadata || code == .malformed, "\(value)")
        }
        let missing = error { $0.configuration[key] = nil }
        #expect(missing?.code == .missingMetadata && missing?.message.contains(key) == true)
    }

    @Test("with features that would change the arithmetic is refused")
    func features() {
        for (key, value) in [
            ("hidden_act", #""gelu""#), ("mlp_bias", "true"), ("layer_types", #"["sliding_attention"]"#),
            ("layer_types", #"["full_attention","sliding_attention"]"#), ("partial_rotary_factor", "0.5"),
            ("rope_scaling", #"{"rope_type":"longrope","factor":2}"#),
        ] {
            #expect(error { $0.configuration[key] = value }?.code == .unsupportedArchitecture, "\(key)")
        }
        #expect(error { $0.configuration["num_key_value_heads"] = "3" }?.code == .invalidMetadata)
        #expect(error { $0.configuration["rms_norm_eps"] = "0" }?.code == .invalidMetadata)
        #expect(error { $0.configuration["rope_theta"] = "1" }?.code == .invalidMetadata)
    }

    @Test("needs every tensor, in its shape and in a type of floats, and no other")
    func tensors() {
        let missing = error { $0.tensors.removeAll { $0.name == "model.layers.1.mlp.up_proj.weight" } }
        #expect(missing?.code == .missingTensor)
        #expect(missing?.message.contains("model.layers.1.mlp.up_proj.weight") == true)
        #expect(error { $0.tensors.removeAll { $0.name == "lm_head.weight" } }?.code == .missingTensor)
        let shape = error { $0.configuration["intermediate_size"] = "128" }
        #expect(shape?.code == .invalidTensor && shape?.message.contains("gate_proj") == true)
        let type = error { $0.tensors[0].type = "I16" }
        #expect(type?.code == .unsupportedTensorType && type?.message.contains("I16") == true)
        let stranger = error {
            $0.tensors.append(.init(name: "model.layers.0.adapter", type: "U8", shape: [1], bytes: [0]))
        }
        #expect(stranger?.code == .unsupportedArchitecture && stranger?.message.contains("adapter") == true)
        let bias = error(TinyFolder(architecture: .qwen2)) {
            $0.tensors.removeAll { $0.name == "model.layers.0.self_attn.k_proj.bias" }
        }
        #expect(bias?.code == .missingTensor)
    }

    @Test("may have what changes nothing: old frequencies, biases of zeros, an output matrix that is tied")
    func leftovers() throws {
        var tiny = TinyFolder()
        tiny.tensors.append(
            .init(name: "model.layers.0.self_attn.rotary_emb.inv_freq", type: "F32", shape: [1], bytes: [0, 0, 0, 0]))
        tiny.tensors.append(
            .init(name: "model.layers.0.mlp.up_proj.bias", type: "F16", shape: [2], bytes: [0, 0, 0, 0]))
        #expect(throws: Never.self) { try open(tiny) }
        tiny.configuration["tie_word_embeddings"] = "true"
        let content = try open(tiny)
        #expect(content.configuration.tiedEmbeddings && content.tensors["output.weight"] == nil)
        tiny.tensors[tiny.tensors.count - 1].bytes[1] = 60
        #expect(checkpointError { _ = try open(tiny) }?.message.contains("up_proj.bias") == true)
    }

    @Test("whose index and files disagree is refused")
    func shards() throws {
        let path = folder.file("model")
        func broken(_ change: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws
            -> CheckpointError?
        {
            try? FileManager.default.removeItem(atPath: path)
            try TinyFolder().write(to: path, files: 3)
            try change()
            return checkpointError(sourceLocation: sourceLocation) {
                _ = try HuggingFaceDirectory(path: path).content()
            }
        }
        func edit(_ name: String, _ body: (String) -> String) throws {
            let url = URL(filePath: "\(path)/\(name)")
            let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
            try Data(body(text).utf8).write(to: url)
        }
        let index = "model.safetensors.index.json", second = "\(path)/model-2-of-3.safetensors"
        let missing = try broken { try FileManager.default.removeItem(atPath: second) }
        #expect(missing?.message.contains("model-2-of-3.safetensors") == true)
        let cut = try broken {
            let bytes = try Data(contentsOf: URL(filePath: second))
            try bytes.dropLast(100).write(to: URL(filePath: second))
        }
        #expect(cut?.code == .truncated && cut?.message.contains("model-2-of-3.safetensors") == true)
        let moved = try broken {
            try edit(index) {
                $0.replacing("\"lm_head.weight\":\"model-3-of-3", with: "\"lm_head.weight\":\"model-1-of-3")
            }
        }
        #expect(moved?.code == .invalidTensor)
        let extra = try broken {
            try edit(index) {
                $0.replacing("\"lm_head.weight\"", with: "\"ghost\":\"model-1-of-3.safetensors\",\"lm_head.weight\"")
            }
        }
        #expect(extra?.message.contains("ghost") == true)
        let outside = try broken { try edit(index) { $0.replacing("model-1-of-3", with: "../model-1-of-3") } }
        #expect(outside?.code == .unreadable)
        #expect(try broken { try edit(index) { _ in "{" } }?.code == .malformed)
        #expect(try broken { try FileManager.default.removeItem(atPath: "\(path)/\(index)") }?.code == .missingMetadata)
    }

    @Test("without weights, config or tokenizer says what is missing")
    func incomplete() throws {
        let path = folder.file("model")
        try TinyFolder().write(to: path)
        let weights = "\(path)/model.safetensors"
        try FileManager.default.moveItem(atPath: weights, toPath: "\(path)/gptq_model-4bit-128g.safetensors")
        #expect(throws: Never.self) { try HuggingFaceDirectory(path: path).content() }
        try FileManager.default.moveItem(
            atPath: "\(path)/gptq_model-4bit-128g.safetensors", toPath: "\(path)/pytorch_model.bin")
        #expect(
            checkpointError { _ = try HuggingFaceDirectory(path: path) }?.message.contains("safe_serialization") == true
        )
        try FileManager.default.moveItem(atPath: "\(path)/pytorch_model.bin", toPath: weights)
        try FileManager.default.removeItem(atPath: "\(path)/tokenizer.json")
        #expect(checkpointError { _ = try HuggingFaceDirectory(path: path).content() }?.code == .unsupportedTokenizer)
        try FileManager.default.removeItem(atPath: "\(path)/config.json")
        #expect(checkpointError { _ = try CheckpointReader.open(path) }?.message.contains("no config.json") == true)
        let member = checkpointError { _ = try CheckpointReader.open(weights) }
        #expect(member?.code == .wrongFormat && member?.message.contains("give the folder") == true)
        #expect(checkpointError { _ = try CheckpointReader.open(folder.file("none")) }?.code == .unreadable)
    }
}
