/// The weights of a Hugging Face checkpoint by the names of `TensorPlan`, checked against the configuration.
struct CheckpointWeights {
    private(set) var bySlot: [String: any WeightTensor] = [:]
    private var shares: [(type: String, parameterCount: Int)] = []
    private let isTied: Bool

    init(
        _ tensors: [String: SafetensorsTensor], _ configuration: ModelConfiguration, _ gptq: GPTQParameters?
    ) throws(CheckpointError) {
        isTied = configuration.tiedEmbeddings
        var known: Set<String> = []
        let plan = TensorPlan(configuration)
        for slot in plan.slots {
            guard let (module, kind) = HuggingFaceNames.name(ofSlot: slot.name) else { continue }
            let name = "\(module).\(kind)"
            known.insert(name)
            // transformers reads the embedding where the configuration ties it, whatever else the file has.
            if slot.name == "output.weight", isTied { continue }
            if slot.isMatrix, tensors["\(module).qweight"] != nil {
                guard let gptq else { throw Self.noParameters(module) }
                bySlot[slot.name] = try GPTQTensor(module, tensors, rows: slot.shape[1], columns: slot.shape[0], gptq)
                known.formUnion(["qweight", "qzeros", "scales", "g_idx"].map { "\(module).\($0)" })
                shares.append((gptq.name, slot.shape[0] * slot.shape[1]))
            } else if let tensor = tensors[name] {
                let weights = try FloatTensor(tensor, shape: slot.shape)
                bySlot[slot.name] = weights
                shares.append((weights.typeName, tensor.elementCount))
            } else if slot.isRequired || slot.name == "output.weight" {
                throw CheckpointError(
                    .missingTensor, "the checkpoint has no tensor \(quoted(name)): it is incomplete, download it again")
            }
        }
        try Self.refuseStrangers(tensors.filter { !known.contains($0.key) }, configuration)
        let orders = ColumnOrders(plan, bySlot)
        for slot in plan.slots {
            guard let tensor = bySlot[slot.name] as? GPTQTensor, tensor.format(order: orders[slot.input]) == nil
            else { continue }
            note(tensor, tensor.parameters.name, "packed as F32 for its g_idx")
        }
    }

    var quantization: [ModelSummary.Quantization] { ModelSummary.Quantization.shares(shares) }

    /// Packs an output matrix of 16 bits in 8 where it pays; a tied one gets a copy of its own.
    ///
    /// - Returns: whether the embedding still serves as the output matrix.
    mutating func quantizeHead() throws(CheckpointError) -> Bool {
        let slot = isTied ? "token_embd.weight" : "output.weight"
        guard let head = bySlot[slot] as? FloatTensor, QuantizedHead.pays(head) else { return isTied }
        bySlot["output.weight"] = QuantizedHead(base: head)
        note(head, head.typeName, "\(isTied ? "as the head also" : "the head") packed as Q8_0")
        return false
    }

    /// Notes of a tensor stored in `type` how it is packed.
    private mutating func note(_ tensor: any WeightTensor, _ type: String, _ packing: String) {
        let count = tensor.rows * tensor.columns
        let share = shares.firstIndex { $0.type == type && $0.parameterCount == count }
        if let share { shares[share].type += ", \(packing)" }
    }

    private static func noParameters(_ module: String) -> CheckpointError {
        CheckpointError(
            .missingMetadata,
            "\(quoted(module)) is quantised, but neither config.json nor quantize_config.json says how: "
                + "download quantize_config.json, too")
    }

    /// A tensor that we do not know has a meaning that we would miss, unless it cannot change anything.
    private static func refuseStrangers(
        _ tensors: [String: SafetensorsTensor], _ configuration: ModelConfiguration
    ) throws(CheckpointError) {
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            // Frequencies that older versions stored and everybody computes.
            if name.hasSuffix("rotary_emb.inv_freq") { continue }
            // Older quantisers write biases of zeros.
            if name.hasSuffix(".bias"), tensor.bytes.allSatisfy({ $0 == 0 }) { continue }
            throw CheckpointError(
                .unsupportedArchitecture,
                "tensor \(quoted(name)) is not part of a \(configuration.architecture.rawValue) model as we know it; "
                    + "the checkpoint needs a newer pronk or is of another architecture")
        }
    }
}
