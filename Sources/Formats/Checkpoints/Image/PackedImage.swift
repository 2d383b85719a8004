import FoundationEssentials
package import Kernels
package import Tokenization

/// A model's weights, packed for the kernels, over a mapped `.pronk` file.
///
/// Opening reads the header alone. Matrices, vectors and tables point into the mapping and stay valid as long as the
/// image object lives; instances of one model share its pages.
package final class PackedImage: @unchecked Sendable {
    // Immutable after init; the mapping is read-only.
    package let path: String
    package let configuration: ModelConfiguration
    /// The bytes that `Tokenizer.init(tables:owner:)` takes.
    package let tokenizerTables: UnsafeRawBufferPointer
    package let chatTemplate: String?
    /// How the model's makers want answers drawn where a request does not say; nil: they did not say either.
    package var samplingDefaults: SamplingDefaults? { header.samplingDefaults }
    /// Names the content, wherever and whenever it was packed: part of the fingerprint.
    package let digest: String
    let header: ImageHeader
    let preamble: ImagePreamble
    let data: UnsafeRawBufferPointer
    private let mapping: MappedFile
    private let sectionByName: [String: ImageSection]

    /// Maps an image and checks its header and all offsets. The content is not read; `verify()` does that.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        do throws(CheckpointError) {
            mapping = try MappedFile(path: path)
            preamble = try ImagePreamble(mapping.bytes)
            try Self.checkVersion(preamble)
            let json = try Self.headerBytes(preamble, mapping.bytes)
            header = try ImageHeader.decode(ImageHeader.self, json)
            configuration = header.configuration
            chatTemplate = header.chatTemplate
            digest = header.digest
            data = UnsafeRawBufferPointer(
                rebasing: mapping.bytes[ImagePreamble.dataStart(headerBytes: preamble.headerBytes)...])
            sectionByName = try Self.checkSections(header, dataBytes: data.count)
            guard let tables = sectionByName["tokenizer"] else {
                throw CheckpointError(.invalidImage, "it has no tokenizer")
            }
            tokenizerTables = UnsafeRawBufferPointer(rebasing: data[tables.offset..<tables.offset + tables.byteCount])
        } catch {
            throw error.code == .unreadable ? error : error.in(path)
        }
    }

    /// The name by which the store knows the image.
    package var modelName: String {
        let name = PartialFile.split(path).name
        return name.hasSuffix(Self.suffix) ? String(name.dropLast(Self.suffix.count)) : name
    }

    package static let suffix = ".pronk"

    /// Bytes of the whole file.
    package var byteCount: Int { preamble.fileBytes }

    package func matrix(_ name: String) throws(CheckpointError) -> PackedMatrix {
        guard let section = sectionByName[name], section.kind == .matrix, let base = data.baseAddress else {
            throw CheckpointError(.missingTensor, "\(path) has no matrix \(quoted(name)); add the model again")
        }
        return PackedMatrix(
            base: base + section.offset, format: section.packedFormat, rows: section.rows, columns: section.columns)
    }

    /// A norm, a bias or RoPE divisors; nil if the model has none of this name.
    package func vector(_ name: String) -> UnsafeBufferPointer<Float>? {
        sectionBytes(name, .vector)?.assumingMemoryBound(to: Float.self)
    }

    func sectionBytes(_ name: String, _ kind: ImageSection.Kind) -> UnsafeRawBufferPointer? {
        guard let section = sectionByName[name], section.kind == kind else { return nil }
        return UnsafeRawBufferPointer(rebasing: data[section.offset..<section.offset + section.byteCount])
    }

    /// The source of an image of any layout version, so that it can be rebuilt; nil if even that cannot be read.
    static func source(ofImageAt path: String) -> ImageHeader.Source? {
        struct AnyVersion: Decodable { var source: ImageHeader.Source }
        guard let mapping = try? MappedFile(path: path), let preamble = try? ImagePreamble(mapping.bytes),
            let json = try? headerBytes(preamble, mapping.bytes)
        else { return nil }
        return try? ImageHeader.decode(AnyVersion.self, json).source
    }

    private static func checkVersion(_ preamble: ImagePreamble) throws(CheckpointError) {
        guard preamble.version != ImagePreamble.layoutVersion else { return }
        throw CheckpointError(
            .outdatedImage,
            "it has layout \(preamble.version), but this program reads layout \(ImagePreamble.layoutVersion); "
                + "add the model again with `pronk model add`")
    }

    private static func headerBytes(
        _ preamble: ImagePreamble, _ bytes: UnsafeRawBufferPointer
    ) throws(CheckpointError) -> UnsafeRawBufferPointer {
        let start = ImagePreamble.byteCount
        let json = UnsafeRawBufferPointer(rebasing: bytes[start..<start + preamble.headerBytes])
        guard Digest.sha256(json) == preamble.headerDigest else {
            throw CheckpointError(.invalidImage, "its header is damaged; add the model again")
        }
        return json
    }

    private static func checkSections(
        _ header: ImageHeader, dataBytes: Int
    ) throws(CheckpointError) -> [String: ImageSection] {
        try header.configuration.validate()
        var sectionByName: [String: ImageSection] = [:]
        for section in header.sections {
            try section.validate(dataBytes: dataBytes)
            guard sectionByName.updateValue(section, forKey: section.name) == nil else {
                throw CheckpointError(.invalidImage, "its section \(quoted(section.name)) appears twice")
            }
        }
        for slot in TensorPlan(header.configuration).slots {
            guard let section = sectionByName[slot.name] else {
                if !slot.isRequired { continue }
                throw CheckpointError(.invalidImage, "it has no section \(quoted(slot.name))")
            }
            let shape = slot.isMatrix ? [section.columns, section.rows] : [section.columns]
            guard section.kind == (slot.isMatrix ? .matrix : .vector), shape == slot.shape else {
                throw CheckpointError(.invalidImage, "its section \(quoted(slot.name)) has the wrong shape")
            }
        }
        return sectionByName
    }
}
