/// A safetensors file, mapped and checked: every tensor lies inside it, and all of them fill it without a gap.
///
/// Format: https://github.com/huggingface/safetensors#format
package final class SafetensorsFile: Sendable {
    package let path: String
    package let tensors: [String: SafetensorsTensor]
    let mapping: MappedFile

    package convenience init(path: String) throws(CheckpointError) {
        try self.init(MappedFile(path: path))
    }

    /// A file in memory, for tests.
    package convenience init(contents: UnsafeRawBufferPointer, path: String = "(memory)") throws(CheckpointError) {
        try self.init(MappedFile(contents: contents, path: path))
    }

    init(_ mapping: MappedFile) throws(CheckpointError) {
        self.mapping = mapping
        path = mapping.path
        do {
            let (header, data) = try Self.split(mapping.bytes)
            let entries = try Self.entries(header)
            try Self.checkTiling(entries, dataBytes: data.count)
            var tensors: [String: SafetensorsTensor] = [:]
            for entry in entries {
                let bytes = UnsafeRawBufferPointer(rebasing: data[entry.begin..<entry.end])
                tensors[entry.name] = SafetensorsTensor(
                    name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes, owner: mapping)
            }
            self.tensors = tensors
        } catch {
            throw error.in(mapping.path)
        }
    }

    /// What the header says of a tensor; `begin` and `end` count from the first byte after the header.
    private struct Entry {
        var name: String
        var type: SafetensorsType
        var shape: [Int]
        var begin: Int
        var end: Int
    }

    /// The JSON header and the data behind it.
    private static func split(
        _ bytes: UnsafeRawBufferPointer
    ) throws(CheckpointError) -> (header: UnsafeRawBufferPointer, data: UnsafeRawBufferPointer) {
        guard bytes.count >= 8 else {
            throw CheckpointError(.truncated, "the file has only \(bytes.count) bytes: download it again")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(Limits.safetensorsHeaderBytes) else {
            throw CheckpointError(
                .limitExceeded,
                "the header claims \(length) bytes, more than the format's \(Limits.safetensorsHeaderBytes): "
                    + "this is no safetensors file, or a damaged one")
        }
        let end = 8 + Int(length)
        guard end <= bytes.count else {
            throw CheckpointError(
                .truncated,
                "the header claims \(length) bytes, but only \(bytes.count - 8) are left in the file: "
                    + "it is damaged or incomplete, download it again")
        }
        return (UnsafeRawBufferPointer(rebasing: bytes[8..<end]), UnsafeRawBufferPointer(rebasing: bytes[end...]))
    }

    private static func entries(_ header: UnsafeRawBufferPointer) throws(CheckpointError) -> [Entry] {
        var entries: [Entry] = []
        var names: Set<String> = []
        var scanner = JSONScanner(header)
        try scanner.object("the header") { (scanner, name) throws(CheckpointError) in
            guard names.insert(name).inserted else {
                throw CheckpointError(.invalidTensor, "tensor \(quoted(name)) appears twice")
            }
            guard names.count <= Limits.tensors, name.utf8.count <= Limits.tensorNameBytes else {
                throw CheckpointError(
                    .limitExceeded,
                    "the header has more than \(Limits.tensors) tensors, or names longer than "
                        + "\(Limits.tensorNameBytes) bytes")
            }
            if name == "__metadata__" {
                try scanner.object("the metadata") { (scanner, _) throws(CheckpointError) in
                    _ = try scanner.string("a value of the metadata")
                }
            } else {
                entries.append(try entry(name, &scanner))
            }
        }
        try scanner.end("the header")
        return entries
    }

    private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(CheckpointError) -> Entry {
        let what = "tensor \(quoted(name))"
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object(what) { (scanner, key) throws(CheckpointError) in
            switch key {
            case "dtype" where typeName == nil: typeName = try scanner.string(what)
            case "shape" where shape == nil: shape = try scanner.integers(limit: Limits.safetensorsDimensions, what)
            case "data_offsets" where offsets == nil: offsets = try scanner.integers(limit: 2, what)
            default: throw CheckpointError(.malformed, "\(what) has a second or unknown field \(quoted(key))")
            }
        }
        guard let typeName, let shape, let offsets, offsets.count == 2 else {
            throw CheckpointError(.malformed, "\(what) lacks its dtype, its shape or one of its data_offsets")
        }
        guard let type = SafetensorsType(rawValue: typeName) else {
            let known = SafetensorsType.allCases.map(\.rawValue).joined(separator: ", ")
            throw CheckpointError(
                .unsupportedTensorType, "\(what) has the unknown type \(quoted(typeName)); known are: \(known)")
        }
        var byteCount = type.byteCount
        for size in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: size)
            guard !overflow, product <= Limits.tensorElements else {
                throw CheckpointError(
                    .invalidTensor, "\(what) has the shape \(shape), larger than the limit of \(Limits.tensorElements)")
            }
            byteCount = product
        }
        let (begin, end) = (offsets[0], offsets[1])
        guard begin <= end, end - begin == byteCount else {
            throw CheckpointError(
                .invalidTensor,
                "\(what) of the shape \(shape) in \(type.rawValue) needs \(byteCount) bytes, but its data_offsets are "
                    + "\(offsets)")
        }
        return Entry(name: name, type: type, shape: shape, begin: begin, end: end)
    }

    /// The format allows neither holes nor overlaps.
    private static func checkTiling(_ entries: [Entry], dataBytes: Int) throws(CheckpointError) {
        var end = 0
        for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard entry.end <= dataBytes else {
                throw CheckpointError(
                    .truncated,
                    "tensor \(quoted(entry.name)) ends at byte \(entry.end) of the data, but the file has only "
                        + "\(dataBytes): it is damaged or incomplete, download it again")
            }
            guard entry.begin == end else {
                let fault = entry.begin < end ? "overlaps another" : "leaves a hole before it"
                throw CheckpointError(
                    .invalidTensor,
                    "tensor \(quoted(entry.name)) at bytes \(entry.begin) ... \(entry.end) of the data \(fault)")
            }
            end = entry.end
        }
        guard end == dataBytes else {
            throw CheckpointError(
                .invalidTensor, "the last tensor ends at byte \(end) of the data, but the file has \(dataBytes)")
        }
    }
}
