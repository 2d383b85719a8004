import FoundationEssentials
import Tokenization

/// A checkpoint as Hugging Face's libraries write it: a folder with `config.json`, weights in safetensors files, and a
/// tokenizer. Opening checks the files one by one; `content()` checks that they belong together.
package struct HuggingFaceDirectory: Checkpoint {
    package let path: String
    package let files: [MappedFile]
    package var isFolder: Bool { true }
    let tensors: [String: SafetensorsTensor]
    private let texts: [String: MappedFile]

    static let configName = "config.json"
    static let quantizationName = "quantize_config.json"
    static let indexName = "model.safetensors.index.json"

    /// All files that are read if they are there, except the weights.
    static let textFiles = HuggingFaceText.fileNames + [quantizationName, indexName]

    package init(path: String) throws(CheckpointError) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let names = try Self.names(in: path)
        guard names.contains(Self.configName) else {
            throw CheckpointError(
                .missingMetadata, "\(path) has no config.json: it is no folder of a Hugging Face checkpoint")
        }
        var texts: [String: MappedFile] = [:]
        for name in Self.textFiles where names.contains(name) {
            texts[name] = try MappedFile(path: "\(self.path)/\(name)")
        }
        self.texts = texts
        let weights = try WeightFiles(folder: self.path, names: names, index: texts[Self.indexName])
        tensors = weights.tensors
        files = texts.sorted { $0.key < $1.key }.map(\.value) + weights.files.map(\.mapping)
    }

    /// The folder's own name, or that of the repository in Hugging Face's cache, whose folders are named by hashes.
    package var nameCandidates: [String] {
        let parts = PackedImage.absolutePath(path).split(separator: "/").map(String.init)
        if let place = parts.lastIndex(of: "snapshots"), place > 0, parts[place - 1].hasPrefix("models--") {
            // models--OWNER--NAME
            let name = parts[place - 1].split(separator: "--", maxSplits: 2, omittingEmptySubsequences: false).last
            return [name.map(String.init) ?? ""] + parts.suffix(1)
        }
        return parts.suffix(1)
    }

    /// The folder of a checkpoint of which `path` is one file; nil for files of other kinds.
    static func folder(ofMember path: String) -> String? {
        let (folder, name) = PartialFile.split(path)
        return name.hasSuffix(".safetensors") || textFiles.contains(name) ? folder : nil
    }

    /// The bytes of a text file that is there.
    func text(_ name: String) -> UnsafeRawBufferPointer? { texts[name]?.bytes }

    private static func names(in folder: String) throws(CheckpointError) -> Set<String> {
        do {
            return Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        } catch {
            throw CheckpointError(.unreadable, "cannot read the folder \(folder): \(error)")
        }
    }
}
