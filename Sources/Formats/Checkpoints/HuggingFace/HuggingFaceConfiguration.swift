/// What a checkpoint's `config.json` says about the model's shape, as transformers writes it.
struct HuggingFaceConfiguration: Decodable {
    /// The classes that transformers loads, and what each is for us.
    private static let architectures: [(name: String, architecture: ModelConfiguration.Architecture)] = [
        ("LlamaForCausalLM", .llama), ("Qwen2ForCausalLM", .qwen2),
    ]

    private var architectures: [String]?
    private var modelType: String?
    private var originalName: String?
    private var vocabularySize: Int?
    private var hiddenSize: Int?
    private var feedForwardSize: Int?
    private var layerCount: Int?
    private var headCount: Int?
    private var kvHeadCount: Int?
    private var headSize: Int?
    private var contextLength: Int?
    private var epsilon: Double?
    private var theta: Double?
    private var ropeScaling: HuggingFaceRope?
    private var ropeParameters: HuggingFaceRope?
    private var partialRotaryFactor: Double?
    private var tiesEmbeddings: Bool?
    private var activation: String?
    private var hasMLPBias: Bool?
    private var usesSlidingWindow: Bool?
    private var slidingWindow: Int?
    private var maximumWindowLayers: Int?
    private var layerTypes: [String]?
    /// Present when the weights are quantised.
    var quantization: QuantizationConfiguration?

    private enum CodingKeys: String, CodingKey {
        case architectures
        case modelType = "model_type"
        case originalName = "_name_or_path"
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case feedForwardSize = "intermediate_size"
        case layerCount = "num_hidden_layers"
        case headCount = "num_attention_heads"
        case kvHeadCount = "num_key_value_heads"
        case headSize = "head_dim"
        case contextLength = "max_position_embeddings"
        case epsilon = "rms_norm_eps"
        case theta = "rope_theta"
        case ropeScaling = "rope_scaling"
        case ropeParameters = "rope_parameters"
        case partialRotaryFactor = "partial_rotary_factor"
        case tiesEmbeddings = "tie_word_embeddings"
        case activation = "hidden_act"
        case hasMLPBias = "mlp_bias"
        case usesSlidingWindow = "use_sliding_window"
        case slidingWindow = "sliding_window"
        case maximumWindowLayers = "max_window_layers"
        case layerTypes = "layer_types"
        case quantization = "quantization_config"
    }

    /// The model's shape, after checking that it is one that we compute.
    func modelConfiguration() throws(CheckpointError) -> ModelConfiguration {
        let architecture = try architecture()
        try refuseUnsupportedFeatures()
        let width = 1...Limits.width, heads = 1...Limits.heads
        let hiddenSize = try Self.required(hiddenSize, "hidden_size", in: width)
        let headCount = try Self.required(headCount, "num_attention_heads", in: heads)
        let kvHeadCount = try Self.required(kvHeadCount ?? headCount, "num_key_value_heads", in: heads)
        guard headCount % kvHeadCount == 0 else {
            throw CheckpointError(
                .invalidMetadata,
                "num_attention_heads is \(headCount), no multiple of num_key_value_heads, \(kvHeadCount)")
        }
        guard headSize != nil || hiddenSize % headCount == 0 else {
            throw CheckpointError(
                .invalidMetadata, "hidden_size is \(hiddenSize), no multiple of num_attention_heads, \(headCount)")
        }
        let headSize = try Self.required(
            headSize ?? hiddenSize / headCount, "head_dim", in: 2...Limits.width / headCount)
        guard headSize % 2 == 0 else {
            throw CheckpointError(.invalidMetadata, "head_dim is \(headSize), an odd number")
        }
        let contextLength = try Self.required(contextLength, "max_position_embeddings", in: 1...Limits.context)
        let rope = ropeParameters ?? ropeScaling
        let theta = try Self.positive(rope?.theta ?? theta ?? 10_000, "rope_theta")
        try ModelConfiguration.check(ropeTheta: theta, "rope_theta")
        let layerCount = try Self.required(layerCount, "num_hidden_layers", in: 1...Limits.layers)
        let sliding = try slidingLayers(architecture, layerCount: layerCount)
        return ModelConfiguration(
            name: originalName.map { PartialFile.split($0).name }.flatMap { $0.isEmpty || $0 == "." ? nil : $0 }
                ?? architecture.rawValue,
            architecture: architecture,
            vocabularySize: try Self.required(vocabularySize, "vocab_size", in: 1...Limits.vocabulary),
            layerCount: layerCount,
            hiddenSize: hiddenSize,
            feedForwardSize: try Self.required(feedForwardSize, "intermediate_size", in: width),
            headCount: headCount,
            kvHeadCount: kvHeadCount,
            headSize: headSize,
            ropeDimension: headSize,
            contextLength: contextLength,
            rmsNormEpsilon: try Self.positive(epsilon ?? 1e-6, "rms_norm_eps"),
            ropeTheta: theta,
            ropeScaling: try rope?.scaling(contextLength: contextLength),
            tiedEmbeddings: tiesEmbeddings ?? false,
            slidingWindow: sliding?.window,
            firstSlidingLayer: sliding?.first)
    }

    /// Qwen2's sliding windows: how many tokens are seen, and from which layer on; nil: all layers see everything.
    private func slidingLayers(
        _ architecture: ModelConfiguration.Architecture, layerCount: Int
    ) throws(CheckpointError) -> (window: Int, first: Int)? {
        let first: Int
        if let layerTypes {
            first = layerTypes.firstIndex { $0 != "full_attention" } ?? layerCount
            guard layerTypes.count == layerCount, layerTypes[first...].allSatisfy({ $0 == "sliding_attention" }) else {
                throw CheckpointError(
                    .unsupportedArchitecture,
                    "layer_types must name each of \(layerCount) layers: \"full_attention\" first, then "
                        + "\"sliding_attention\"; other kinds and orders are not supported")
            }
        } else {
            // Of the architectures here Qwen2's alone reads these keys; 28 is its default.
            let isSliding = architecture == .qwen2 && usesSlidingWindow ?? false && slidingWindow != nil
            first = isSliding ? max(0, min(maximumWindowLayers ?? 28, layerCount)) : layerCount
        }
        guard first < layerCount else { return nil }
        guard architecture == .qwen2 else {
            throw CheckpointError(
                .unsupportedArchitecture, "sliding windows (layer_types) are supported in Qwen2 models alone")
        }
        return (try Self.required(slidingWindow, "sliding_window", in: 1...Limits.context), first)
    }

    private func architecture() throws(CheckpointError) -> ModelConfiguration.Architecture {
        let known = Self.architectures.map(\.name).joined(separator: ", ")
        guard let name = architectures?.first else {
            throw CheckpointError(
                .unsupportedArchitecture,
                "config.json names no architecture (its model_type is \(quoted(modelType ?? ""))); "
                    + "these are supported: \(known)")
        }
        guard let match = Self.architectures.first(where: { $0.name == name }) else {
            throw CheckpointError(
                .unsupportedArchitecture,
                "the architecture \(quoted(name)) is not supported; these are: \(known)")
        }
        return match.architecture
    }

    /// Features that change the arithmetic: a model that uses them must be refused, or it would talk nonsense.
    private func refuseUnsupportedFeatures() throws(CheckpointError) {
        if let activation, activation != "silu" {
            throw CheckpointError(
                .unsupportedArchitecture, "the activation \(quoted(activation)) is not supported; \"silu\" is")
        }
        if hasMLPBias ?? false {
            throw CheckpointError(
                .unsupportedArchitecture, "biases of the feed-forward layers (mlp_bias) are not supported")
        }
        if let partialRotaryFactor, partialRotaryFactor != 1 {
            throw CheckpointError(
                .unsupportedArchitecture, "partial_rotary_factor is \(partialRotaryFactor); only 1 is supported")
        }
    }

    private static func required(
        _ value: Int?, _ key: String, in range: ClosedRange<Int>
    ) throws(CheckpointError) -> Int {
        guard let value else {
            throw CheckpointError(.missingMetadata, "config.json has no \(key): download the checkpoint again")
        }
        guard range.contains(value) else {
            throw CheckpointError(
                .invalidMetadata, "\(key) is \(value), outside \(range.lowerBound) ... \(range.upperBound)")
        }
        return value
    }

    private static func positive(_ value: Double, _ key: String) throws(CheckpointError) -> Float {
        guard Float(value).isFinite, Float(value) > 0 else {
            throw CheckpointError(.invalidMetadata, "\(key) is \(value), not a positive finite number")
        }
        return Float(value)
    }
}
