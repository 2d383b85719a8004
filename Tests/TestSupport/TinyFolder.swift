import FoundationEssentials

/// Makes small random models in Hugging Face's layout, sound in every respect; tests break what they like before
/// writing.
package struct TinyFolder: Sendable {
    package var configuration: [String: String]
    package var tensors: [SafetensorsBuilder.Tensor]
    /// Other files of the folder, by name.
    package var texts: [String: String]

    /// - Parameter type: F32, F16 or BF16.
    package init(type: String = "F16", architecture: TinyModel.Architecture = .llama, seed: UInt64 = 1) {
        var model = TinyModel(
            type: ["F32": 0, "F16": 1, "BF16": 30][type] ?? 1, architecture: architecture, seed: seed)
        model.tiedEmbeddings = false
        let kv = model.kvHeadCount
        configuration = [
            "architectures": architecture == .llama ? #"["LlamaForCausalLM"]"# : #"["Qwen2ForCausalLM"]"#,
            "vocab_size": "\(model.vocabularySize)", "hidden_size": "\(model.hiddenSize)",
            "intermediate_size": "\(model.feedForwardSize)", "num_hidden_layers": "\(model.layerCount)",
            "num_attention_heads": "\(model.headCount)", "num_key_value_heads": "\(kv)",
            "max_position_embeddings": "\(model.contextLength)", "rms_norm_eps": "1e-05", "rope_theta": "10000.0",
            "rope_scaling": "null", "hidden_act": #""silu""#, "tie_word_embeddings": "false",
        ]
        let builder = model.builder()
        tensors = builder.tensors.map { tensor in
            let type = tensor.type == 0 ? "F32" : tensor.type == 1 ? "F16" : "BF16"
            return SafetensorsBuilder.Tensor(
                name: Self.name(tensor.name), type: type, shape: tensor.shape.reversed().map { Int($0) },
                bytes: tensor.bytes)
        }
        texts = [
            "tokenizer.json": Self.tokenizer(builder),
            "tokenizer_config.json": #"{"bos_token":"<|im_start|>","eos_token":"<|im_end|>","add_bos_token":false}"#,
        ]
    }

    /// Replaces a matrix by GPTQ's parts of the same shape: codes of any value, scales of 1/64.
    package mutating func quantize(
        _ module: String, bits: Int = 4, groupSize: Int = 32, storedZero: UInt32 = 0x7777_7777, groups: [Int32]? = nil
    ) {
        guard let index = tensors.firstIndex(where: { $0.name == "\(module).weight" }) else { return }
        let rows = tensors[index].shape[0], columns = tensors[index].shape[1]
        let perWord = 32 / bits, count = (columns + groupSize - 1) / groupSize
        var generator = SeededGenerator(seed: UInt64(index))
        var words: [UInt8] = [], zeros: [UInt8] = [], scales: [UInt8] = [], indices: [UInt8] = []
        for _ in 0..<columns / perWord * rows {
            words.append(integer: UInt32.random(in: 0...(.max), using: &generator))
        }
        for _ in 0..<count * rows / perWord { zeros.append(integer: storedZero) }
        for _ in 0..<count * rows { scales.append(integer: Float16(1.0 / 64).bitPattern) }
        for column in 0..<columns { indices.append(integer: groups?[column] ?? Int32(column / groupSize)) }
        tensors.remove(at: index)
        tensors += [
            .init(name: "\(module).qweight", type: "I32", shape: [columns / perWord, rows], bytes: words),
            .init(name: "\(module).qzeros", type: "I32", shape: [count, rows / perWord], bytes: zeros),
            .init(name: "\(module).scales", type: "F16", shape: [count, rows], bytes: scales),
            .init(name: "\(module).g_idx", type: "I32", shape: [columns], bytes: indices),
        ]
    }

    /// Quantises all matrices of all layers, and says so in quantize_config.json.
    package static func gptq(_ change: (inout TinyFolder) -> Void = { _ in }) -> TinyFolder {
        var folder = TinyFolder()
        for module in folder.linearModules { folder.quantize(module) }
        folder.texts["quantize_config.json"] =
            #"{"bits":4,"group_size":32,"desc_act":false,"sym":true,"checkpoint_format":"gptq","quant_method":"gptq"}"#
        change(&folder)
        return folder
    }

    package var linearModules: [String] {
        tensors.map(\.name).filter { $0.contains("_proj.weight") }.map { String($0.dropLast(7)) }
    }

    package var configurationText: String {
        "{" + configuration.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    /// - Parameter files: how many the weights are spread over; more than one have an index.
    package func write(to folder: String, files: Int = 1) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func put(_ bytes: [UInt8], _ name: String) throws {
            try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        try put(Array(configurationText.utf8), "config.json")
        for (name, text) in texts { try put(Array(text.utf8), name) }
        var weightMap: [String] = []
        for part in 0..<files {
            var builder = SafetensorsBuilder()
            let name = files == 1 ? "model.safetensors" : "model-\(part + 1)-of-\(files).safetensors"
            builder.tensors = Array(tensors[tensors.count * part / files..<tensors.count * (part + 1) / files])
            weightMap += builder.tensors.map { "\"\($0.name)\":\"\(name)\"" }
            try put(builder.build(), name)
        }
        if files > 1 {
            let index = #"{"metadata":{"total_size":1},"weight_map":{\#(weightMap.joined(separator: ","))}}"#
            try put(Array(index.utf8), "model.safetensors.index.json")
        }
    }

    private static func name(_ slot: String) -> String {
        let modules = [
            "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
            "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
            "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
            "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
        ]
        var parts = slot.split(separator: ".").map(String.init)
        let kind = parts.removeLast(), module = modules[parts.removeLast()] ?? "?"
        return (parts.isEmpty ? "" : "model.layers.\(parts[1]).") + "\(module).\(kind)"
    }

    /// The same vocabulary as the GGUF file's, in the form of Hugging Face's library.
    private static func tokenizer(_ builder: GGUFBuilder) -> String {
        var tokens: [String] = [], merges: [String] = []
        for (key, value) in builder.metadata {
            guard case .strings(let strings) = value else { continue }
            if key == "tokenizer.ggml.tokens" { tokens = strings }
            if key == "tokenizer.ggml.merges" { merges = strings }
        }
        func quote(_ text: String) -> String {
            "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
        }
        let vocabulary = tokens.enumerated().map { "\(quote($1)):\($0)" }.joined(separator: ",")
        let added = tokens.enumerated().filter { $1.hasPrefix("<|") }.map {
            #"{"id":\#($0),"content":\#(quote($1)),"special":true,"normalized":false}"#
        }
        return """
            {"version":"1.0","added_tokens":[\(added.joined(separator: ","))],"normalizer":null,
            "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},
            {"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]},"post_processor":null,
            "decoder":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{\(vocabulary)},
            "merges":[\(merges.map(quote).joined(separator: ","))]}}
            """
    }
}
