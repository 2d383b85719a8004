package import CKernels

extension GGUFFile: Checkpoint {
    package var files: [MappedFile] { [mapping] }
    package var isFolder: Bool { false }

    package var nameCandidates: [String] {
        let stem = PartialFile.split(path).name.dropLast(path.lowercased().hasSuffix(".gguf") ? 5 : 0)
        let isTelling = stem != "model" && !stem.hasPrefix("ggml-model")
        guard !isTelling, case .string(let name)? = metadata["general.name"] else { return [String(stem)] }
        return [name, String(stem)]
    }

    package func content() throws(CheckpointError) -> CheckpointContent {
        let configuration = try configuration()
        var contents: [String: any WeightTensor] = [:]
        for tensor in tensors { contents[tensor.name] = tensor }
        return CheckpointContent(
            configuration: configuration, tokenizer: try tokenizerSource(), chatTemplate: chatTemplate,
            tensors: contents, rotaryPairs: configuration.architecture == .llama ? .adjacent : .halves,
            quantization: ModelSummary.Quantization.shares(
                tensors.map { (type: $0.type.name, parameterCount: $0.elementCount) }))
    }
}

extension GGUFTensor: WeightTensor {
    package var columnOrder: [Int32]? { nil }

    package func format(order: [Int32]?) -> pk_format? {
        // GGUF's blocks are runs of columns as they are.
        order == nil ? pk_format(rawValue: UInt32(pk_format_for_ggml(Int32(type.rawValue)))) : nil
    }

    package func pack(rows: [Int], order: [Int32]?, into group: UnsafeMutablePointer<UInt8>) {
        let sources = rows.map { row in
            row < 0 ? nil : self.row(row).baseAddress?.assumingMemoryBound(to: UInt8.self)
        }
        pk_pack_group(pk_ggml_type(rawValue: type.rawValue), sources, columns, group)
    }
}
