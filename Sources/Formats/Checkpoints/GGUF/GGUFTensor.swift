/// A tensor of a GGUF file: a checked view of the mapped bytes.
package struct GGUFTensor: @unchecked Sendable {
    package let name: String
    package let type: GGUFTensorType
    /// Sizes as the format has them, fastest first: [columns, rows] for a matrix, [elements] for a vector.
    package let shape: [Int]
    /// All rows, one after the other. Valid as long as this value lives.
    package let bytes: UnsafeRawBufferPointer
    // Keeps `bytes` mapped; nothing writes there.
    private let owner: MappedFile

    /// Places an entry in the data section that starts at `dataStart`.
    init(
        _ entry: TensorEntry, dataStart: Int, alignment: Int, owner: MappedFile
    ) throws(CheckpointError) {
        let what = "tensor \(quoted(entry.name))"
        guard entry.offset % UInt64(alignment) == 0 else {
            throw CheckpointError(
                .invalidTensor, "\(what) lies at offset \(entry.offset), no multiple of the alignment \(alignment)")
        }
        let available = owner.bytes.count - dataStart
        guard available >= entry.byteCount, entry.offset <= UInt64(available - entry.byteCount) else {
            throw CheckpointError(
                .truncated,
                "\(what) needs \(entry.byteCount) bytes at offset \(entry.offset), but the file has only "
                    + "\(max(0, available)) bytes of tensors: it is damaged or incomplete, download it again")
        }
        let start = dataStart + Int(entry.offset)
        name = entry.name
        type = entry.type
        shape = entry.shape
        bytes = UnsafeRawBufferPointer(rebasing: owner.bytes[start..<start + entry.byteCount])
        self.owner = owner
    }

    package var columns: Int { shape[0] }
    package var rows: Int { shape.dropFirst().reduce(1, *) }
    package var elementCount: Int { columns * rows }
    package var rowBytes: Int { columns / type.blockElements * type.blockBytes }

    /// The stored bytes of one row.
    package func row(_ row: Int) -> UnsafeRawBufferPointer {
        precondition(row >= 0 && row < rows, "row out of range")
        return UnsafeRawBufferPointer(rebasing: bytes[row * rowBytes..<(row + 1) * rowBytes])
    }
}
