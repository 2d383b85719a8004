package import Checkpoints
import Kernels

/// A model's weights as views into its image: nothing is copied or converted at start.
///
/// Shapes are [rows, columns], rows being output features.
package struct LlamaWeights: Sendable {
    /// The weights of one layer.
    struct Layer: @unchecked Sendable {
        // Vectors point into the mapped image, which `LlamaWeights.image` keeps alive and nobody writes.
        var attentionNorm: UnsafePointer<Float>  // [hidden]
        var query: PackedMatrix  // [heads * head size, hidden]
        var key: PackedMatrix  // [kv heads * head size, hidden]
        var value: PackedMatrix  // [kv heads * head size, hidden]
        var queryBias: UnsafePointer<Float>?  // [heads * head size]
        var keyBias: UnsafePointer<Float>?
        var valueBias: UnsafePointer<Float>?
        var attentionOutput: PackedMatrix  // [hidden, heads * head size]
        var feedForwardNorm: UnsafePointer<Float>  // [hidden]
        var gate: PackedMatrix  // [feed-forward, hidden]
        var up: PackedMatrix  // [feed-forward, hidden]
        var down: PackedMatrix  // [hidden, feed-forward]
    }

    package let image: PackedImage
    package var configuration: ModelConfiguration { image.configuration }
    let embedding: PackedMatrix  // [vocabulary, hidden]
    let output: PackedMatrix  // [vocabulary, hidden]
    let outputNorm: VectorView  // [hidden]
    let layers: [Layer]
    let rotary: RotaryEmbedding

    /// Names everything that decides which bits come out, apart from the request: same fingerprint, same answer.
    ///
    /// The instruction set is not part of it, because all sets give the same bits.
    package var fingerprint: String { "\(image.digest)-kernels\(KernelTable.revision)-kv16" }

    /// Finds and checks every weight of `image`.
    package init(image: PackedImage) throws {
        self.image = image
        let shape = image.configuration
        let isVectorisable =
            shape.hiddenSize % 32 == 0 && shape.feedForwardSize % 32 == 0 && shape.headSize % 16 == 0
            && shape.queryWidth % 32 == 0
        guard isVectorisable else {
            throw ModelError(
                .unsupportedShape,
                "\(shape.name): hidden size \(shape.hiddenSize), feed-forward size \(shape.feedForwardSize) and query "
                    + "width \(shape.queryWidth) must be multiples of 32, head size \(shape.headSize) of 16")
        }
        // The image has checked every shape against the configuration.
        func vector(_ name: String) throws -> UnsafePointer<Float> {
            guard let base = image.vector(name)?.baseAddress else {
                throw ModelError(.wrongWeights, "\(name) is missing from the image")
            }
            return base
        }

        embedding = try image.matrix("token_embd.weight")
        output =
            shape.tiedEmbeddings
            ? embedding : try image.matrix("output.weight")
        outputNorm = VectorView(base: try vector("output_norm.weight"))
        layers = try (0..<shape.layerCount).map { index in
            func name(_ part: String) -> String { "blk.\(index).\(part)" }
            return Layer(
                attentionNorm: try vector(name("attn_norm.weight")),
                query: try image.matrix(name("attn_q.weight")),
                key: try image.matrix(name("attn_k.weight")),
                value: try image.matrix(name("attn_v.weight")),
                queryBias: image.vector(name("attn_q.bias"))?.baseAddress,
                keyBias: image.vector(name("attn_k.bias"))?.baseAddress,
                valueBias: image.vector(name("attn_v.bias"))?.baseAddress,
                attentionOutput: try image.matrix(name("attn_output.weight")),
                feedForwardNorm: try vector(name("ffn_norm.weight")),
                gate: try image.matrix(name("ffn_gate.weight")),
                up: try image.matrix(name("ffn_up.weight")),
                down: try image.matrix(name("ffn_down.weight")))
        }
        rotary = RotaryEmbedding(
            dimension: shape.ropeDimension, theta: Double(shape.ropeTheta),
            factors: image.vector("rope_freqs.weight")?.map(Double.init))
    }
}

/// A vector in the mapped image, which its owner keeps alive and nobody writes.
struct VectorView: @unchecked Sendable {
    let base: UnsafePointer<Float>
}
