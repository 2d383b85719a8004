/// The tensors that a model of some configuration consists of, with their shapes.
struct TensorPlan {
    struct Slot {
        var name: String
        /// Fastest first; one size for a vector.
        var shape: [Int]
        var isRequired = true
        /// Whether RoPE rotates the rows: those of q and k.
        var isRotated = false

        var isMatrix: Bool { shape.count == 2 }
    }

    let slots: [Slot]

    init(_ configuration: ModelConfiguration) {
        let hidden = configuration.hiddenSize, feedForward = configuration.feedForwardSize
        let query = configuration.queryWidth, kv = configuration.kvWidth
        let hasBias = configuration.architecture == .qwen2
        var slots = [
            Slot(name: "token_embd.weight", shape: [hidden, configuration.vocabularySize]),
            Slot(name: "output_norm.weight", shape: [hidden]),
            Slot(name: "output.weight", shape: [hidden, configuration.vocabularySize], isRequired: false),
            Slot(name: "rope_freqs.weight", shape: [configuration.ropeDimension / 2], isRequired: false),
        ]
        for layer in 0..<configuration.layerCount {
            let block = "blk.\(layer)"
            slots += [
                Slot(name: "\(block).attn_norm.weight", shape: [hidden]),
                Slot(name: "\(block).attn_q.weight", shape: [hidden, query], isRotated: true),
                Slot(name: "\(block).attn_k.weight", shape: [hidden, kv], isRotated: true),
                Slot(name: "\(block).attn_v.weight", shape: [hidden, kv]),
                Slot(name: "\(block).attn_output.weight", shape: [query, hidden]),
                Slot(
                    name: "\(block).attn_q.bias", shape: [query], isRequired: hasBias, isRotated: true),
                Slot(
                    name: "\(block).attn_k.bias", shape: [kv], isRequired: hasBias, isRotated: true),
                Slot(name: "\(block).attn_v.bias", shape: [kv], isRequired: hasBias),
                Slot(name: "\(block).attn_output.bias", shape: [hidden], isRequired: false),
                Slot(name: "\(block).ffn_norm.weight", shape: [hidden]),
                Slot(name: "\(block).ffn_gate.weight", shape: [hidden, feedForward]),
                Slot(name: "\(block).ffn_up.weight", shape: [hidden, feedForward]),
                Slot(name: "\(block).ffn_down.weight", shape: [feedForward, hidden]),
            ]
        }
        self.slots = slots
    }
}

extension GGUFFile {
    /// Every tensor of the plan is there in the right shape, and there is no other: a tensor that we do not know has a
    /// meaning that we would miss.
    func checkTensors(_ configuration: ModelConfiguration) throws(CheckpointError) {
        let slots = TensorPlan(configuration).slots
        for slot in slots {
            guard let tensor = tensor(slot.name) else {
                if slot.isRequired { throw missingTensor(slot.name) }
                continue
            }
            guard tensor.shape == slot.shape else {
                throw CheckpointError(
                    .invalidTensor,
                    "tensor \(quoted(slot.name)) has the shape \(tensor.shape), but the metadata asks for \(slot.shape)"
                )
            }
        }
        let known = Set(slots.map(\.name))
        if let stranger = tensors.first(where: { !known.contains($0.name) }) {
            throw CheckpointError(
                .unsupportedArchitecture,
                "tensor \(quoted(stranger.name)) is not part of a \(configuration.architecture.rawValue) model "
                    + "as we know it; the file needs a newer pronk or is of another architecture")
        }
    }
}
