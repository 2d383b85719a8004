import CKernels
package import Kernels
import Tokenization

/// What one wants to know of a model before running it, from a checkpoint or a packed image.
package struct ModelSummary: Sendable, Equatable {
    /// How much of a model is stored in one type.
    package struct Quantization: Codable, Sendable, Equatable {
        /// The name that people know, as GGUF has it.
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
    /// - Parameter type: how the engine is told to store them.
    package func kvBytesPerToken(_ type: KVType = .standard) -> Int {
        configuration.layerCount * configuration.kvHeadCount * type.headBytes(headSize: configuration.headSize)
            / PK_BLOCK
    }

    /// Bytes that one sequence of `tokens` (by default the whole context) needs together with the weights.
    package func memoryBytes(tokens: Int? = nil) -> Int {
        imageBytes + kvBytesPerToken() * (tokens ?? configuration.contextLength)
    }
}

extension ModelSummary.Quantization {
    /// The share of each type, largest first.
    static func shares(_ tensors: [(type: String, parameterCount: Int)]) -> [Self] {
        Dictionary(grouping: tensors, by: \.type).map { type, tensors in
            Self(
                type: type, tensorCount: tensors.count,
                parameterCount: tensors.reduce(0) { $0 + $1.parameterCount })
        }
        .sorted { ($0.parameterCount, $1.type) > ($1.parameterCount, $0.type) }
    }
}

extension ModelSummary {
    package init(_ checkpoint: any Checkpoint) throws(CheckpointError) {
        let plan = try ImagePlan(checkpoint)
        let content = plan.content
        self.init(
            configuration: content.configuration, quantization: content.quantization, imageBytes: plan.dataBytes,
            preTokenizer: "\(content.tokenizer.preTokenizer)", chatTemplate: content.chatTemplate)
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

    private static func kind(ofTemplate template: String?) -> String {
        guard let template else { return "none" }
        return (try? ChatFormat(template: template))?.family.rawValue ?? "unknown"
    }
}
