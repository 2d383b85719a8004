package import Checkpoints

/// A Llama model in plain Swift with 32-bit floats throughout: what the kernels and the packed image are judged by.
///
/// It shares nothing with them: it reads the checkpoint itself, keeps its own order of rotated pairs, and stores
/// activations, keys and values as they are computed. Clarity goes before speed, and all weights are de-quantised into
/// memory (4 bytes an element), so it is for small models.
package final class ReferenceModel: Sendable {
    /// The weights of one layer. D = hidden size, d = head size, H and G = heads and key-value heads,
    /// F = feed-forward size.
    struct Layer: Sendable {
        let attentionNorm: [Float]  // [D]
        let query: ReferenceLinear  // [H·d][D]
        let key: ReferenceLinear  // [G·d][D]
        let value: ReferenceLinear  // [G·d][D]
        let attentionOutput: ReferenceLinear  // [D][H·d]
        let feedForwardNorm: [Float]  // [D]
        let gate: ReferenceLinear  // [F][D]
        let up: ReferenceLinear  // [F][D]
        let down: ReferenceLinear  // [D][F]
    }

    /// What the model remembers of the tokens so far: keys and values, [position][G·d], of every layer.
    package struct State: Sendable {
        /// Tokens so far, and so the position of the next one.
        package internal(set) var count = 0
        var keys: [[Float]]
        var values: [[Float]]
    }

    package let configuration: ModelConfiguration
    let embedding: ReferenceLinear  // [vocabulary][D]
    let layers: [Layer]
    let outputNorm: [Float]  // [D]
    /// Absent where the embedding serves as the output matrix.
    let output: ReferenceLinear?  // [vocabulary][D]
    let rotaryPairs: RotaryPairs
    /// How far each pair of a head turns with each position.
    let rotation: ReferenceRotation

    /// - Parameters:
    ///   - ropeScaling: takes the place of the checkpoint's own.
    ///   - contextLength: what dynamic scaling is computed for; nil: what the checkpoint states.
    package init(
        _ checkpoint: any Checkpoint, ropeScaling: RopeScaling? = nil, contextLength: Int? = nil
    ) throws {
        let file = try checkpoint.content()
        let shape = file.configuration
        configuration = shape
        rotaryPairs = file.rotaryPairs
        embedding = try ReferenceLinear(file, "token_embd")
        layers = try (0..<shape.layerCount).map { index in
            func linear(_ part: String) throws -> ReferenceLinear { try ReferenceLinear(file, "blk.\(index).\(part)") }
            return Layer(
                attentionNorm: try file.vector("blk.\(index).attn_norm.weight"),
                query: try linear("attn_q"),
                key: try linear("attn_k"),
                value: try linear("attn_v"),
                attentionOutput: try linear("attn_output"),
                feedForwardNorm: try file.vector("blk.\(index).ffn_norm.weight"),
                gate: try linear("ffn_gate"),
                up: try linear("ffn_up"),
                down: try linear("ffn_down"))
        }
        outputNorm = try file.vector("output_norm.weight")
        output = shape.tiedEmbeddings ? nil : try ReferenceLinear(file, "output")
        let factors = try file.optionalVector("rope_freqs.weight")
        rotation = ReferenceRotation(
            shape, scaling: ropeScaling ?? shape.ropeScaling, contextLength: contextLength ?? shape.contextLength,
            factors: factors)
    }

    /// The state before the first token.
    package func makeState() -> State {
        let none = [[Float]](repeating: [], count: layers.count)
        return State(keys: none, values: none)
    }
}
