import FoundationEssentials
import TestSupport

/// Writes small sound checkpoints for the fuzzer to start from: both architectures, both versions, every tensor type.
@main
enum FuzzSeeds {
    static func main() throws {
        let folder = CommandLine.arguments[1]
        for architecture in TinyModel.Architecture.allCases {
            for type: UInt32 in [0, 1, 30, 2, 3, 6, 7, 8] {
                var builder = smallModel(type, architecture)
                builder.version = type % 2 == 0 ? 2 : 3
                try Data(builder.build()).write(to: URL(filePath: "\(folder)/\(architecture)-\(type).gguf"))
            }
        }
        for type: UInt32 in [12, 13, 14] {
            try Data(lone(type).build()).write(to: URL(filePath: "\(folder)/lone-\(type).gguf"))
        }
    }

    /// A model of a few kilobytes that every check accepts.
    private static func smallModel(_ type: UInt32, _ architecture: TinyModel.Architecture) -> GGUFBuilder {
        var model = TinyModel(type: type, architecture: architecture)
        model.hiddenSize = 32
        model.feedForwardSize = 32
        model.headCount = 2
        model.kvHeadCount = 1
        model.layerCount = 1
        model.hasRopeFactors = type % 3 == 0
        var builder = model.builder()
        let tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "a", "b", "Ġ", "ab", "Ġa"]
        builder.set("tokenizer.ggml.tokens", .strings(tokens))
        builder.set("tokenizer.ggml.token_type", .int32s([3, 3, 3, 1, 1, 1, 1, 1]))
        builder.set("tokenizer.ggml.merges", .strings(["a b", "Ġ a"]))
        let rowBytes = builder.tensors[0].bytes.count / model.vocabularySize
        builder.tensors[0].shape[1] = UInt64(tokens.count)
        builder.tensors[0].bytes.removeLast((model.vocabularySize - tokens.count) * rowBytes)
        return builder
    }

    /// Two rows of a type whose blocks are too large for a small model.
    private static func lone(_ type: UInt32) -> GGUFBuilder {
        var generator = SeededGenerator(seed: UInt64(type))
        var builder = GGUFBuilder()
        builder.set("general.architecture", .string("llama"))
        let bytes = RandomBlocks.bytes(type: type, count: 512, deviation: 1, using: &generator)
        builder.tensors.append(.init(name: "t", type: type, shape: [256, 2], bytes: bytes))
        return builder
    }
}
