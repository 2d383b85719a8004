/// Makes small random models as GGUF files, sound in every respect, of any tensor type and both architectures.
package struct TinyModel: Sendable {
    package enum Architecture: String, Sendable, CaseIterable {
        case llama, qwen2
    }

    package var architecture = Architecture.llama
    /// ggml's number for all matrices; norms and biases are F32.
    package var type: UInt32 = 2
    package var layerCount = 2
    package var hiddenSize = 64
    package var feedForwardSize = 96
    package var headCount = 4
    package var kvHeadCount = 2
    package var contextLength = 256
    package var ropeTheta: Float = 10_000
    package var tiedEmbeddings = true
    /// Whether the file carries Llama 3.1's divisors of rotation frequencies.
    package var hasRopeFactors = false
    package var slidingWindow: Int?
    /// The tokens 0, 1 and 2: control tokens, of which the last one ends answers.
    package var marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    package var name = "Tiny"
    package var seed: UInt64 = 1

    package init() {}

    /// A model whose matrices have rows that suit `type`: 256 is the least for K-quants.
    package init(type: UInt32, architecture: Architecture = .llama, seed: UInt64 = 1) {
        self.type = type
        self.architecture = architecture
        self.seed = seed
        if RandomBlocks.blockElements(type) == 256 {
            hiddenSize = 256
            feedForwardSize = 512
        }
    }

    package var headSize: Int { hiddenSize / headCount }
    package var vocabularySize: Int { tokens.count }

    package func build() -> [UInt8] { builder().build() }

    /// The file before it is written, for tests that break something in it.
    package func builder() -> GGUFBuilder {
        var file = GGUFBuilder()
        setMetadata(&file)
        setTokenizer(&file)
        var generator = SeededGenerator(seed: seed)
        addTensors(&file, &generator)
        return file
    }

    private func setMetadata(_ file: inout GGUFBuilder) {
        let prefix = architecture.rawValue
        file.set("general.architecture", .string(prefix))
        file.set("general.name", .string(name))
        file.set("\(prefix).context_length", .uint32(UInt32(contextLength)))
        file.set("\(prefix).embedding_length", .uint32(UInt32(hiddenSize)))
        file.set("\(prefix).block_count", .uint32(UInt32(layerCount)))
        file.set("\(prefix).feed_forward_length", .uint32(UInt32(feedForwardSize)))
        file.set("\(prefix).attention.head_count", .uint32(UInt32(headCount)))
        file.set("\(prefix).attention.head_count_kv", .uint32(UInt32(kvHeadCount)))
        file.set("\(prefix).attention.layer_norm_rms_epsilon", .float32(1e-5))
        file.set("\(prefix).rope.freq_base", .float32(ropeTheta))
        if let slidingWindow { file.set("\(prefix).attention.sliding_window", .uint32(UInt32(slidingWindow))) }
    }

    private func setTokenizer(_ file: inout GGUFBuilder) {
        file.set("tokenizer.ggml.model", .string("gpt2"))
        file.set("tokenizer.ggml.pre", .string("smollm"))
        file.set("tokenizer.ggml.tokens", .strings(tokens))
        file.set(
            "tokenizer.ggml.token_type",
            .int32s(tokens.indices.map { $0 < marks.count ? 3 : 1 }))
        file.set("tokenizer.ggml.merges", .strings(Self.merges))
        file.set("tokenizer.ggml.bos_token_id", .uint32(1))
        file.set("tokenizer.ggml.eos_token_id", .uint32(2))
        file.set("tokenizer.ggml.add_bos_token", .bool(false))
        file.set("tokenizer.chat_template", .string(Self.chatTemplate))
    }

    private func addTensors(_ file: inout GGUFBuilder, _ generator: inout SeededGenerator) {
        let query = headCount * headSize, kv = kvHeadCount * headSize
        func matrix(_ name: String, _ columns: Int, _ rows: Int) {
            let deviation = 1 / Float(columns).squareRoot()
            let bytes = RandomBlocks.bytes(type: type, count: columns * rows, deviation: deviation, using: &generator)
            file.tensors.append(
                .init(name: name, type: type, shape: [UInt64(columns), UInt64(rows)], bytes: bytes))
        }
        func vector(_ name: String, _ count: Int, centre: Float) {
            var bytes: [UInt8] = []
            for _ in 0..<count {
                bytes.append(integer: (centre + Float.random(in: -0.2...0.2, using: &generator)).bitPattern)
            }
            file.tensors.append(.init(name: name, type: 0, shape: [UInt64(count)], bytes: bytes))
        }
        matrix("token_embd.weight", hiddenSize, vocabularySize)
        for layer in 0..<layerCount {
            let block = "blk.\(layer)"
            vector("\(block).attn_norm.weight", hiddenSize, centre: 1)
            matrix("\(block).attn_q.weight", hiddenSize, query)
            matrix("\(block).attn_k.weight", hiddenSize, kv)
            matrix("\(block).attn_v.weight", hiddenSize, kv)
            matrix("\(block).attn_output.weight", query, hiddenSize)
            if architecture == .qwen2 {
                vector("\(block).attn_q.bias", query, centre: 0)
                vector("\(block).attn_k.bias", kv, centre: 0)
                vector("\(block).attn_v.bias", kv, centre: 0)
            }
            vector("\(block).ffn_norm.weight", hiddenSize, centre: 1)
            matrix("\(block).ffn_gate.weight", hiddenSize, feedForwardSize)
            matrix("\(block).ffn_up.weight", hiddenSize, feedForwardSize)
            matrix("\(block).ffn_down.weight", feedForwardSize, hiddenSize)
        }
        vector("output_norm.weight", hiddenSize, centre: 1)
        if !tiedEmbeddings { matrix("output.weight", hiddenSize, vocabularySize) }
        if hasRopeFactors { vector("rope_freqs.weight", headSize / 2, centre: 2) }
    }

    /// Marks, the 256 bytes in GPT-2's spelling, and a few merges' results.
    private var tokens: [String] { marks + Self.byteTokens + Self.merged }
    private static let merges = ["h e", "l l", "Ġ t", "he ll", "hell o", "Ġt he"]
    private static let merged = merges.map { $0.split(separator: " ").joined() }

    /// GPT-2's characters for the bytes 0 ... 255: printable ones stand for themselves, the others follow from U+0100.
    private static let byteTokens: [String] = {
        var next: UInt32 = 256
        return (UInt32(0)...255).compactMap { byte in
            let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
            let scalar = isPrintable ? byte : next
            if !isPrintable { next += 1 }
            return Unicode.Scalar(scalar).map { String(Character($0)) }
        }
    }()

    private static let chatTemplate =
        "{% for message in messages %}"
        + "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
}
