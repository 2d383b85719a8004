import FoundationEssentials
import Tokenization

/// What an image tells about itself, stored as JSON after the preamble.
struct ImageHeader: Codable, Sendable {
    /// Where the weights came from. These keys keep their meaning in all layout versions, so that a newer program can
    /// rebuild an older image.
    struct Source: Codable, Sendable {
        /// Absolute path of the checkpoint, a file or a folder, when it was packed.
        var path: String
        /// Bytes of all files.
        var byteCount: Int
        /// SHA-256 of the file; of the names, sizes and digests of all files in a folder.
        var digest: String
        /// The files in the folder that the model was made of; nil if `path` is the file.
        var files: [String]?
    }

    var source: Source
    var configuration: ModelConfiguration
    var quantization: [ModelSummary.Quantization]
    var preTokenizer: String
    var chatTemplate: String?
    /// How the model's makers want answers drawn; absent in images from before it was read.
    var samplingDefaults: SamplingDefaults?
    var sections: [ImageSection]
    var dataBytes: Int
    /// Names the content: configuration, template and all sections, but not where they came from.
    var digest: String

    /// JSON with sorted keys: the same header always gives the same bytes.
    func encoded() throws(CheckpointError) -> [UInt8] { try Self.encode(self) }

    /// The header of an image to be made of `checkpoint`, with placeholders for all digests.
    init(_ plan: ImagePlan, _ checkpoint: any Checkpoint) {
        source = Source(checkpoint)
        configuration = plan.content.configuration
        quantization = plan.content.quantization
        preTokenizer = "\(plan.content.tokenizer.preTokenizer)"
        chatTemplate = plan.content.chatTemplate
        samplingDefaults = plan.content.samplingDefaults
        sections = plan.sections
        dataBytes = plan.dataBytes
        digest = Digest.placeholder
    }

    static func decode<T: Decodable>(_ type: T.Type, _ json: UnsafeRawBufferPointer) throws(CheckpointError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(json))
        } catch {
            throw CheckpointError(.invalidImage, "its header cannot be understood: \(error)")
        }
    }

    /// What `digest` must be.
    func contentDigest() throws(CheckpointError) -> String {
        var content = Array("pronk image, layout \(ImagePreamble.layoutVersion)\n".utf8)
        content += try Self.encode(configuration)
        content += Array("\n\(chatTemplate?.utf8.count ?? -1) \(chatTemplate ?? "")\n".utf8)
        if let samplingDefaults { content += try Self.encode(samplingDefaults) + [0x0A] }
        for section in sections {
            let format = section.format.map(String.init) ?? "-"
            content += Array("\(section.name) \(format) \(section.rows) \(section.columns) \(section.digest)\n".utf8)
        }
        return Digest.of(content)
    }

    private static func encode(_ value: some Encodable) throws(CheckpointError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw CheckpointError(.invalidImage, "its header cannot be written: \(error)")
        }
    }
}
