package import Checkpoints
package import Models
package import Tokenization

/// A model that was packed for a test and is gone with it.
package struct PackedModel: Sendable {
    package let weights: LlamaWeights
    package let tokenizer: Tokenizer
    private let folder: TemporaryFolder

    package init(
        _ checkpoint: any Checkpoint, rope: RopeChoice = .checkpoint, contextLength: Int? = nil
    ) throws {
        folder = try TemporaryFolder()
        let image = folder.file("model.pronk")
        try PackedImage.pack(checkpoint, to: image) { _ in }
        let packed = try PackedImage(path: image)
        weights = try LlamaWeights(image: packed, rope: rope, contextLength: contextLength)
        tokenizer = try Tokenizer(tables: packed.tokenizerTables, owner: packed)
    }

    package init(_ tiny: TinyModel) throws {
        let source = try TemporaryFolder()
        try self.init(GGUFFile(path: source.write(tiny.build(), to: "tiny.gguf")))
    }
}
