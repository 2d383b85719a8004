/// A GGUF checkpoint, versions 2 and 3, mapped and checked: whatever its tensors and metadata say is inside the file.
///
/// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package final class GGUFFile: Sendable {
    package let path: String
    package let version: Int
    package let metadata: [String: GGUFValue]
    /// In the order of the file's directory.
    package let tensors: [GGUFTensor]
    let mapping: MappedFile
    private let indexByName: [String: Int]

    package convenience init(path: String) throws(CheckpointError) {
        try self.init(MappedFile(path: path))
    }

    /// A checkpoint in memory, for tests.
    package convenience init(contents: UnsafeRawBufferPointer, path: String = "(memory)") throws(CheckpointError) {
        try self.init(MappedFile(contents: contents, path: path))
    }

    private init(_ mapping: MappedFile) throws(CheckpointError) {
        self.mapping = mapping
        path = mapping.path
        do {
            var reader = ByteReader(mapping.bytes)
            version = try Self.readVersion(&reader)
            let tensorCount = try Self.readCount(&reader, of: "tensors", limit: Limits.tensors)
            let keyCount = try Self.readCount(&reader, of: "metadata keys", limit: Limits.metadataKeys)
            metadata = try Self.readMetadata(&reader, count: keyCount, owner: mapping)
            var entries: [TensorEntry] = []
            for index in 0..<tensorCount { entries.append(try TensorEntry(&reader, index: index)) }
            let alignment = try Self.alignment(metadata)
            let dataStart = (reader.offset + alignment - 1) / alignment * alignment
            tensors = try entries.map { (entry) throws(CheckpointError) in
                try GGUFTensor(entry, dataStart: dataStart, alignment: alignment, owner: mapping)
            }
            indexByName = try Self.index(tensors)
            try Self.refuseOverlaps(tensors)
        } catch {
            throw error.in(mapping.path)
        }
    }

    package func tensor(_ name: String) -> GGUFTensor? { indexByName[name].map { tensors[$0] } }

    private static func readVersion(_ reader: inout ByteReader) throws(CheckpointError) -> Int {
        guard reader.remaining >= 8, try reader.integer(UInt32.self, "the magic") == 0x4655_4747 else {
            throw CheckpointError(
                .wrongFormat,
                "this is no GGUF file, which starts with \"GGUF\"; give one, or a Hugging Face checkpoint's folder")
        }
        let version = try reader.integer(UInt32.self, "the version")
        guard version == 2 || version == 3 else {
            let isBigEndian = version.byteSwapped == 2 || version.byteSwapped == 3
            throw CheckpointError(
                .unsupportedVersion,
                isBigEndian
                    ? "this is a big-endian GGUF file; use a little-endian one"
                    : "this is GGUF version \(version); versions 2 and 3 are supported, convert the file again")
        }
        return Int(version)
    }

    private static func readCount(
        _ reader: inout ByteReader, of what: String, limit: Int
    ) throws(CheckpointError) -> Int {
        let count = try reader.integer(UInt64.self, "the number of \(what)")
        guard count <= UInt64(limit) else {
            throw CheckpointError(.limitExceeded, "the file claims \(count) \(what), more than the limit of \(limit)")
        }
        return Int(count)
    }

    private static func readMetadata(
        _ reader: inout ByteReader, count: Int, owner: MappedFile
    ) throws(CheckpointError) -> [String: GGUFValue] {
        var metadata: [String: GGUFValue] = [:]
        for index in 0..<count {
            let bytes = try reader.stringBytes(limit: Limits.keyBytes, "metadata key \(index)")
            let key = String(decoding: bytes, as: UTF8.self)
            let type = try reader.valueType(key: key)
            let value = try reader.value(type, key: key, owner: owner)
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw CheckpointError(.malformed, "the metadata key \(quoted(key)) appears twice")
            }
        }
        return metadata
    }

    private static func alignment(_ metadata: [String: GGUFValue]) throws(CheckpointError) -> Int {
        let alignment = try metadata.integer("general.alignment", in: 1...Limits.alignment) ?? 32
        guard alignment.nonzeroBitCount == 1, alignment >= 8 else {
            throw CheckpointError(
                .invalidMetadata, "general.alignment is \(alignment); it must be a power of two of at least 8")
        }
        return alignment
    }

    private static func index(_ tensors: [GGUFTensor]) throws(CheckpointError) -> [String: Int] {
        var indexByName: [String: Int] = [:]
        for (index, tensor) in tensors.enumerated() {
            guard indexByName.updateValue(index, forKey: tensor.name) == nil else {
                throw CheckpointError(.invalidTensor, "tensor \(quoted(tensor.name)) appears twice")
            }
        }
        return indexByName
    }

    private static func refuseOverlaps(_ tensors: [GGUFTensor]) throws(CheckpointError) {
        func start(_ tensor: GGUFTensor) -> UInt { UInt(bitPattern: tensor.bytes.baseAddress) }
        let sorted = tensors.sorted { start($0) < start($1) }
        for (first, second) in zip(sorted, sorted.dropFirst())
        where start(first) + UInt(first.bytes.count) > start(second) {
            throw CheckpointError(
                .invalidTensor, "tensors \(quoted(first.name)) and \(quoted(second.name)) overlap in the file")
        }
    }
}
