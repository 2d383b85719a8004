import Tokenization

/// What one wants to know of a model before running it, from a checkpoint or a packed image.
package struct ModelSummary: Sendable, Equatable {
    /// How much of a model is stored in one type.
    package struct Quantization: Codable, Sendable, Equatable {
        /// GGUF's name of the type.
        package var type: String
        package var tensorCount: Int
        package var parameterCount: Int
    }

    package var configuration: ModelConfiguration
    package var parameterCount: Int
    /// Largest share first.
    package var quantization: [Quantization]
    /// Bytes of the packed image, which every instance of the model shares.
    package var imageBytes: Int
    /// The way text is cut, and how many tokens there are.
    package var tokenizer: String
    /// The family of chat templates that we render it by; "unknown" if we cannot, "none" if there is no template.
    package var chatTemplate: String

    /// Bytes of keys and values for one token of one sequence.
    ///
    /// - Parameter elementBytes: 2 for half precision, which is the most that the engine uses.
    package func kvBytesPerToken(elementBytes: Int = 2) -> Int {
        2 * configuration.layerCount * configuration.kvWidth * elementBytes
    }

    /// Bytes that one sequence of `tokens` (by default the whole context) needs together with the weights.
    package func memoryBytes(tokens: Int? = nil) -> Int {
        imageBytes + kvBytesPerToken() * (tokens ?? configuration.contextLength)
    }
}

extension ModelSummary {
    package init(_ file: GGUFFile) throws(CheckpointError) {
        let plan = try ImagePlan(file)
        self.init(
            configuration: plan.configuration, quantization: Self.quantization(of: file), imageBytes: plan.dataBytes,
            preTokenizer: "\(plan.preTokenizer)", chatTemplate: file.chatTemplate)
    }

    package init(_ image: PackedImage) {
        self.init(
            configuration: image.configuration, quantization: image.header.quantization, imageBytes: image.byteCount,
            preTokenizer: image.header.preTokenizer, chatTemplate: image.chatTemplate)
    }

    private init(
        configuration: ModelConfiguration, quantization: [Quantization], imageBytes: Int, preTokenizer: String,
        chatTemplate: String?
    ) {
        self.configuration = configuration
        self.quantization = quantization
        self.imageBytes = imageBytes
        parameterCount = quantization.reduce(0) { $0 + $1.parameterCount }
        tokenizer = "byte-level BPE (\(preTokenizer)), \(configuration.vocabularySize) tokens"
        self.chatTemplate = Self.kind(ofTemplate: chatTemplate)
    }

    static func quantization(of file: GGUFFile) -> [Quantization] {
        Dictionary(grouping: file.tensors, by: \.type).map { type, tensors in
            Quantization(
                type: type.name, tensorCount: tensors.count,
                parameterCount: tensors.reduce(0) { $0 + $1.elementCount })
        }
        .sorted { ($0.parameterCount, $1.type) > ($1.parameterCount, $0.type) }
    }

    private static func kind(ofTemplate template: String?) -> String {
        guard let template else { return "none" }
        return (try? ChatFormat(template: template))?.family.rawValue ?? "unknown"
    }
}
