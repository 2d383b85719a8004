import Checkpoints
import Foundation
import Terminal

/// A model as `list` and `inspect` show it: as JSON, or as lines for a person.
struct ModelRecord: Encodable {
    var name: String?
    var title: String?
    var architecture: String?
    var parameters: Int?
    var quantization: [ModelSummary.Quantization]?
    var layers: Int?
    var hiddenSize: Int?
    var contextLength: Int?
    var imageBytes: Int?
    /// Bytes of keys and values for one token of one conversation, at most.
    var kvBytesPerToken: Int?
    /// Weights and one conversation of the whole context.
    var memoryBytes: Int?
    var tokenizer: String?
    var chatTemplate: String?
    var digest: String?
    /// Why the model cannot be used.
    var error: String?

    private init() {}

    init(_ entry: ModelStore.Entry) {
        switch entry.image {
        case .success(let image): self.init(name: entry.name, image: image)
        case .failure(let failure):
            self.init()
            name = entry.name
            error = failure.message
        }
    }

    init(name: String?, image: PackedImage) {
        self.init(name: name, digest: image.digest, summary: ModelSummary(image))
    }

    init(name: String?, digest: String?, summary: ModelSummary) {
        self.name = name
        self.digest = digest
        title = summary.configuration.name
        architecture = summary.configuration.architecture.rawValue
        parameters = summary.parameterCount
        quantization = summary.quantization
        layers = summary.configuration.layerCount
        hiddenSize = summary.configuration.hiddenSize
        contextLength = summary.configuration.contextLength
        imageBytes = summary.imageBytes
        kvBytesPerToken = summary.kvBytesPerToken()
        memoryBytes = summary.memoryBytes()
        tokenizer = summary.tokenizer
        chatTemplate = summary.chatTemplate
    }

    /// One line for each thing a person asks, label first.
    var rows: [[String]] {
        let parts = (quantization ?? []).map { part in
            "\(part.type) (\(part.tensorCount) tensors, \(TextTable.parameters(part.parameterCount)))"
        }
        return [
            ["model", title ?? ""],
            ["architecture", "\(architecture ?? ""), \(layers ?? 0) layers of width \(hiddenSize ?? 0)"],
            ["parameters", TextTable.parameters(parameters ?? 0)],
            ["quantisation", parts.joined(separator: ", ")],
            ["context", "\(contextLength ?? 0) tokens"],
            [
                "memory",
                """
                \(TextTable.bytes(imageBytes ?? 0)) of weights, shared by all engines, and at most \
                \(TextTable.bytes(kvBytesPerToken ?? 0)) a token: \(TextTable.bytes(memoryBytes ?? 0)) with a full \
                context
                """,
            ],
            ["tokenizer", tokenizer ?? ""],
            ["chat template", chatTemplate ?? ""],
        ]
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
