/// The safetensors files of a checkpoint's folder: one, or those that the index lists.
struct WeightFiles {
    let files: [SafetensorsFile]
    let tensors: [String: SafetensorsTensor]

    /// The file that is read alone where it is there, whatever stands beside it.
    static let wholeName = "model.safetensors"

    private struct Index: Decodable {
        /// Tensor → file.
        var weightMap: [String: String]

        private enum CodingKeys: String, CodingKey {
            case weightMap = "weight_map"
        }
    }

    /// - Parameter names: of everything in the folder.
    init(folder: String, names: Set<String>, index: MappedFile?) throws(CheckpointError) {
        if names.contains(Self.wholeName) {
            self.init(only: try SafetensorsFile(path: "\(folder)/\(Self.wholeName)"))
        } else if let index {
            let index = try ConfigurationFile.decode(Index.self, index.bytes, index.path, limit: Limits.indexBytes)
            try self.init(folder: folder, names: names, index.weightMap)
        } else {
            self.init(only: try SafetensorsFile(path: "\(folder)/\(Self.loneFile(folder, names))"))
        }
    }

    private init(only file: SafetensorsFile) {
        files = [file]
        tensors = file.tensors
    }

    private init(folder: String, names: Set<String>, _ weightMap: [String: String]) throws(CheckpointError) {
        let shards = Set(weightMap.values).sorted()
        let index = "\(folder)/\(HuggingFaceDirectory.indexName)"
        guard shards.count <= Limits.shards, weightMap.count <= Limits.tensors else {
            throw CheckpointError(
                .limitExceeded,
                "\(index) lists \(weightMap.count) tensors in \(shards.count) files, more than are possible")
        }
        var files: [SafetensorsFile] = []
        var tensors: [String: SafetensorsTensor] = [:]
        for shard in shards {
            guard !shard.contains("/"), names.contains(shard) else {
                throw CheckpointError(
                    .unreadable,
                    "\(folder) has no file \(quoted(shard)), which its index lists: it is incomplete, download it again"
                )
            }
            let file = try SafetensorsFile(path: "\(folder)/\(shard)")
            for (name, tensor) in file.tensors {
                guard weightMap[name] == shard else {
                    throw CheckpointError(
                        .invalidTensor, "\(file.path) has the tensor \(quoted(name)), which the index has elsewhere")
                }
                tensors[name] = tensor
            }
            files.append(file)
        }
        if let missing = weightMap.keys.filter({ tensors[$0] == nil }).min() {
            throw CheckpointError(
                .missingTensor,
                "\(folder)/\(weightMap[missing] ?? "") has no tensor \(quoted(missing)), which the index lists there: "
                    + "download it again")
        }
        self.files = files
        self.tensors = tensors
    }

    /// Quantisers name the file as they like.
    private static func loneFile(_ folder: String, _ names: Set<String>) throws(CheckpointError) -> String {
        let candidates = names.filter { $0.hasSuffix(".safetensors") }.sorted()
        if candidates.count == 1 { return candidates[0] }
        if candidates.count > 1 {
            throw CheckpointError(
                .missingMetadata,
                "\(folder) has \(candidates.count) safetensors files and no \(HuggingFaceDirectory.indexName) that "
                    + "says what is where: download it, too")
        }
        let isPickled = names.contains { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") || $0.hasSuffix(".pth") }
        throw CheckpointError(
            .missingTensor,
            isPickled
                ? "\(folder) has its weights in Python's own format, which can run programs; use a checkpoint in "
                    + "safetensors files, or save it again with save_pretrained(…, safe_serialization=True)"
                : "\(folder) has no safetensors file: it is incomplete, download it again")
    }
}
