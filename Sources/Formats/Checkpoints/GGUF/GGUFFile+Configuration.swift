extension GGUFFile {
    /// The model's shape, after checking that all tensors, and the tokenizer, agree with it.
    package func configuration() throws(CheckpointError) -> ModelConfiguration {
        do {
            let configuration = try readConfiguration()
            try checkTensors(configuration)
            try checkTokenCount(configuration)
            return configuration
        } catch {
            throw error.in(path)
        }
    }

    /// The architecture's own keys start with its name.
    private func architecture() throws(CheckpointError) -> ModelConfiguration.Architecture {
        guard let name = try metadata.string("general.architecture") else {
            throw metadata.missing("general.architecture")
        }
        guard let architecture = ModelConfiguration.Architecture(rawValue: name) else {
            let known = ModelConfiguration.Architecture.allCases.map(\.rawValue).joined(separator: ", ")
            throw CheckpointError(
                .unsupportedArchitecture,
                "the architecture \(quoted(name)) is not supported; these are: \(known)")
        }
        return architecture
    }

    private func readConfiguration() throws(CheckpointError) -> ModelConfiguration {
        try refuseSplitFile()
        let architecture = try architecture()
        let prefix = architecture.rawValue
        try refuseUnsupportedFeatures(prefix)
        let width = 1...Limits.width
        let heads = 1...Limits.heads
        let hiddenSize = try metadata.requiredInteger("\(prefix).embedding_length", in: width)
        let headCount = try metadata.requiredInteger("\(prefix).attention.head_count", in: heads)
        let kvHeadCount = try metadata.integer("\(prefix).attention.head_count_kv", in: heads) ?? headCount
        guard headCount % kvHeadCount == 0 else {
            throw CheckpointError(
                .invalidMetadata,
                "\(prefix).attention.head_count is \(headCount), no multiple of head_count_kv, \(kvHeadCount)")
        }
        let headSize = try headSize(prefix, hiddenSize: hiddenSize, headCount: headCount)
        let ropeDimension = try metadata.integer("\(prefix).rope.dimension_count", in: 2...headSize) ?? headSize
        guard ropeDimension % 2 == 0 else {
            throw CheckpointError(.invalidMetadata, "\(prefix).rope.dimension_count is \(ropeDimension), an odd number")
        }
        guard let embedding = tensor("token_embd.weight") else { throw missingTensor("token_embd.weight") }
        guard embedding.shape.count == 2, embedding.rows <= Limits.vocabulary else {
            throw CheckpointError(
                .invalidTensor, "tensor \"token_embd.weight\" has the shape \(embedding.shape), no plausible vocabulary"
            )
        }
        guard let epsilon = try metadata.positiveReal("\(prefix).attention.layer_norm_rms_epsilon") else {
            throw metadata.missing("\(prefix).attention.layer_norm_rms_epsilon")
        }
        let contextLength = try metadata.requiredInteger("\(prefix).context_length", in: 1...Limits.context)
        let theta = try metadata.positiveReal("\(prefix).rope.freq_base") ?? 10_000
        try ModelConfiguration.check(ropeTheta: theta, "\(prefix).rope.freq_base")
        return ModelConfiguration(
            name: try metadata.string("general.name") ?? architecture.rawValue,
            architecture: architecture,
            vocabularySize: embedding.rows,
            layerCount: try metadata.requiredInteger("\(prefix).block_count", in: 1...Limits.layers),
            hiddenSize: hiddenSize,
            feedForwardSize: try metadata.requiredInteger("\(prefix).feed_forward_length", in: width),
            headCount: headCount,
            kvHeadCount: kvHeadCount,
            headSize: headSize,
            ropeDimension: ropeDimension,
            contextLength: contextLength,
            rmsNormEpsilon: epsilon,
            ropeTheta: theta,
            ropeScaling: try ropeScaling(prefix, contextLength: contextLength),
            tiedEmbeddings: tensor("output.weight") == nil,
            slidingWindow: try metadata.integer("\(prefix).attention.sliding_window", in: 1...Limits.context)
        )
    }

    private func headSize(_ prefix: String, hiddenSize: Int, headCount: Int) throws(CheckpointError) -> Int {
        let sizes = 1...Limits.width / headCount
        if let keySize = try metadata.integer("\(prefix).attention.key_length", in: sizes) {
            let valueSize = try metadata.integer("\(prefix).attention.value_length", in: sizes) ?? keySize
            guard keySize == valueSize else {
                throw CheckpointError(
                    .invalidMetadata,
                    "keys of \(keySize) elements and values of \(valueSize) are not supported; they must be equal")
            }
            return keySize
        }
        guard hiddenSize % headCount == 0 else {
            throw CheckpointError(
                .invalidMetadata,
                "\(prefix).embedding_length is \(hiddenSize), no multiple of the head count, \(headCount)")
        }
        return hiddenSize / headCount
    }

    private func refuseSplitFile() throws(CheckpointError) {
        guard let parts = try metadata.integer("split.count", in: 0...Int(UInt16.max)), parts > 1 else { return }
        throw CheckpointError(
            .unsupportedVersion,
            "this is one of \(parts) parts of a model; join them with `llama-gguf-split --merge` and use the result")
    }

    /// Features that change the arithmetic: a model that uses them must be refused, or it would talk nonsense.
    private func refuseUnsupportedFeatures(_ prefix: String) throws(CheckpointError) {
        if let experts = try metadata.integer("\(prefix).expert_count", in: 0...Int(UInt16.max)), experts > 0 {
            throw CheckpointError(.unsupportedArchitecture, "mixtures of experts (\(experts) here) are not supported")
        }
        for key in ["logit_scale", "residual_scale", "embedding_scale", "attention.scale"] {
            guard let value = metadata["\(prefix).\(key)"] else { continue }
            switch value {
            case .real(1), .real(0): continue
            default: throw CheckpointError(.unsupportedArchitecture, "\(prefix).\(key) is not supported")
            }
        }
    }

    /// A tokenizer that knows more or fewer tokens than the embedding has rows would make sense of neither.
    private func checkTokenCount(_ configuration: ModelConfiguration) throws(CheckpointError) {
        let rows = configuration.vocabularySize
        if let tokens = try metadata.array("tokenizer.ggml.tokens"), tokens.count != rows {
            throw CheckpointError(
                .tokenizerMismatch,
                "the tokenizer has \(tokens.count) tokens, but the embedding has \(rows) rows: "
                    + "they do not belong together, convert the model again")
        }
        let key = "\(configuration.architecture.rawValue).vocab_size"
        if let size = try metadata.integer(key, in: 1...Limits.vocabulary), size != rows {
            throw CheckpointError(.tokenizerMismatch, "\(key) is \(size), but the embedding has \(rows) rows")
        }
    }

    func missingTensor(_ name: String) -> CheckpointError {
        CheckpointError(.missingTensor, "the file has no tensor \(quoted(name)): it is no complete model")
    }
}
