/// The tensors that a model of some configuration consists of, with their shapes.
///
/// Their names are GGUF's, which are the image's too.
struct TensorPlan {
    struct Slot {
        var name: String
        /// Fastest first; one size for a vector.
        var shape: [Int]
        var isRequired = true
        /// Whether RoPE rotates the rows: those of q and k.
        var isRotated = false
        /// The input that a matrix shares with others; all of them must agree on the order of columns.
        var input: String?
        /// The input that the matrix' rows become.
        var feeds: String?

        var isMatrix: Bool { shape.count == 2 }
    }

    let slots: [Slot]
    /// Inputs whose order may have to be changed while the model runs, with their sizes: an image has a section of the
    /// name if so. The input of `ffn_down` is none, because the rows of gate and up can be stored in its order.
    let orders: [(name: String, count: Int)]

    init(_ configuration: ModelConfiguration) {
        let hidden = configuration.hiddenSize, feedForward = configuration.feedForwardSize
        let query = configuration.queryWidth, kv = configuration.kvWidth
        let hasBias = configuration.architecture == .qwen2
        var orders: [(name: String, count: Int)] = []
        var slots = [
            Slot(name: "token_embd.weight", shape: [hidden, configuration.vocabularySize]),
            Slot(name: "output_norm.weight", shape: [hidden]),
            Slot(name: "output.weight", shape: [hidden, configuration.vocabularySize], isRequired: false),
            Slot(name: "rope_freqs.weight", shape: [configuration.ropeDimension / 2], isRequired: false),
        ]
        for layer in 0..<configuration.layerCount {
            let block = "blk.\(layer)"
            let attention = "\(block).attn_norm.order", attended = "\(block).attn_output.order"
            let thinking = "\(block).ffn_norm.order", gated = "\(block).ffn_down.order"
            orders += [(attention, hidden), (attended, query), (thinking, hidden)]
            slots += [
                Slot(name: "\(block).attn_norm.weight", shape: [hidden]),
                Slot(name: "\(block).attn_q.weight", shape: [hidden, query], isRotated: true, input: attention),
                Slot(name: "\(block).attn_k.weight", shape: [hidden, kv], isRotated: true, input: attention),
                Slot(name: "\(block).attn_v.weight", shape: [hidden, kv], input: attention),
                Slot(name: "\(block).attn_output.weight", shape: [query, hidden], input: attended),
                Slot(
                    name: "\(block).attn_q.bias", shape: [query], isRequired: hasBias, isRotated: true),
                Slot(
                    name: "\(block).attn_k.bias", shape: [kv], isRequired: hasBias, isRotated: true),
                Slot(name: "\(block).attn_v.bias", shape: [kv], isRequired: hasBias),
                Slot(name: "\(block).attn_output.bias", shape: [hidden], isRequired: false),
                Slot(name: "\(block).ffn_norm.weight", shape: [hidden]),
                Slot(
                    name: "\(block).ffn_gate.weight", shape: [hidden, feedForward], input: thinking, feeds: gated),
                Slot(
                    name: "\(block).ffn_up.weight", shape: [hidden, feedForward], input: thinking, feeds: gated),
                Slot(name: "\(block).ffn_down.weight", shape: [feedForward, hidden], input: gated),
            ]
        }
        self.slots = slots
        self.orders = orders
    }
}
