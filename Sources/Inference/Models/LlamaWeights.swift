import CKernels
package import Checkpoints
package import Kernels

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
        var attentionOutputBias: UnsafePointer<Float>?  // [hidden]
        var feedForwardNorm: UnsafePointer<Float>  // [hidden]
        var gate: PackedMatrix  // [feed-forward, hidden]
        var up: PackedMatrix  // [feed-forward, hidden]
        var down: PackedMatrix  // [hidden, feed-forward]
        // Orders of columns in which matrices were packed: what their inputs must be brought into; nil: as they are.
        var attentionOrder: UnsafePointer<Int32>?  // [hidden], of q, k and v
        var attendedOrder: UnsafePointer<Int32>?  // [heads * head size], of the attention's output matrix
        var feedForwardOrder: UnsafePointer<Int32>?  // [hidden], of gate and up
    }

    package let image: PackedImage
    package var configuration: ModelConfiguration { image.configuration }
    package let embedding: PackedMatrix  // [vocabulary, hidden]
    let output: PackedMatrix  // [vocabulary, hidden]
    let outputNorm: VectorView  // [hidden]
    let layers: [Layer]
    let rotary: RotaryEmbedding
    private let rope: RopeSetting
    /// The longest context that the rotary frequencies serve.
    package var largestContextLength: Int { rope.largestContextLength }
    /// The context when nobody asks for another.
    package var defaultContextLength: Int { rope.contextLength }

    /// Names everything that decides which bits come out, apart from the request: same fingerprint, same answer.
    ///
    /// The instruction set is part of it only where it has bits of its own for one of the matrices.
    package func fingerprint(kvType: KVType, instructionSet: InstructionSet) -> String {
        var hasOwnBits = false
        forEachMatrixInOrderOfUse { hasOwnBits = hasOwnBits || instructionSet.hasOwnBits(for: $0.format) }
        return "\(image.digest)-kernels\(KernelTable.revision)-kv\(kvType.rawValue)\(rope.fingerprint)"
            + (hasOwnBits ? "-\(instructionSet.rawValue)" : "")
    }

    /// The matrices as a step reads them, from the first layer to the output; not the embedding, for its few rows.
    package func forEachMatrixInOrderOfUse(_ body: (PackedMatrix) -> Void) {
        for layer in layers {
            for matrix in [layer.query, layer.key, layer.value, layer.attentionOutput] { body(matrix) }
            for matrix in [layer.gate, layer.up, layer.down] { body(matrix) }
        }
        body(output)
    }

    /// Finds and checks every weight of `image`.
    ///
    /// - Parameter contextLength: the longest context that will be run; nil: what the checkpoint states.
    package init(image: PackedImage, rope: RopeChoice = .checkpoint, contextLength: Int? = nil) throws {
        self.image = image
        let shape = image.configuration
        let isVectorisable =
            shape.hiddenSize % 32 == 0 && shape.feedForwardSize % 32 == 0 && shape.headSize % 16 == 0
            && shape.headSize <= PK_ATTENTION_HEAD
            && shape.queryWidth % 32 == 0
        guard isVectorisable else {
            throw ModelError(
                .unsupportedShape,
                "\(shape.name): hidden size \(shape.hiddenSize), feed-forward size \(shape.feedForwardSize) and query "
                    + "width \(shape.queryWidth) must be multiples of 32, head size \(shape.headSize) of 16 and at "
                    + "most \(PK_ATTENTION_HEAD)")
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
                attentionOutputBias: image.vector(name("attn_output.bias"))?.baseAddress,
                feedForwardNorm: try vector(name("ffn_norm.weight")),
                gate: try image.matrix(name("ffn_gate.weight")),
                up: try image.matrix(name("ffn_up.weight")),
                down: try image.matrix(name("ffn_down.weight")),
                attentionOrder: try image.order(name("attn_norm.order"), count: shape.hiddenSize)?.baseAddress,
                attendedOrder: try image.order(name("attn_output.order"), count: shape.queryWidth)?.baseAddress,
                feedForwardOrder: try image.order(name("ffn_norm.order"), count: shape.hiddenSize)?.baseAddress)
        }
        let divisors = image.vector("rope_freqs.weight")?.map(Double.init)
        self.rope = try RopeSetting(
            rope, shape, contextLength: contextLength, hasDivisors: divisors != nil)
        rotary = RotaryEmbedding(
            dimension: shape.ropeDimension, theta: Double(shape.ropeTheta), scaling: self.rope.scaling,
            contextLength: self.rope.contextLength, factors: divisors)
    }
}

extension LlamaWeights {
    /// Whether some input has to be brought into another order.
    var reorders: Bool {
        layers.contains { $0.attentionOrder != nil || $0.attendedOrder != nil || $0.feedForwardOrder != nil }
    }
}

/// A vector in the mapped image, which its owner keeps alive and nobody writes.
struct VectorView: @unchecked Sendable {
    let base: UnsafePointer<Float>
}
