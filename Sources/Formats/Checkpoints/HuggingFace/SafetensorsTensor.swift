/// A tensor of a safetensors file: a checked view of the mapped bytes.
package struct SafetensorsTensor: @unchecked Sendable {
    package let name: String
    package let type: SafetensorsType
    /// Slowest first: [rows, columns] of a matrix.
    package let shape: [Int]
    /// In C order, little-endian, at any alignment. Valid as long as this value lives.
    package let bytes: UnsafeRawBufferPointer
    // Keeps `bytes` mapped; nothing writes there.
    private let owner: MappedFile

    init(name: String, type: SafetensorsType, shape: [Int], bytes: UnsafeRawBufferPointer, owner: MappedFile) {
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
        self.owner = owner
    }

    package var elementCount: Int { shape.reduce(1, *) }

    /// The file, for messages.
    var path: String { owner.path }

    /// The same elements seen as little-endian words.
    func word16(_ index: Int) -> UInt16 {
        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
    }

    func word32(_ index: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
    }

    /// Element `index` of a tensor of floats; 0 for other types, which `checkIsFloat` refuses.
    func float(_ index: Int) -> Float {
        switch type {
        case .f32: Float(bitPattern: word32(index))
        case .f16: Float(Float16(bitPattern: word16(index)))
        case .bf16: Float(bitPattern: UInt32(word16(index)) << 16)
        default: 0
        }
    }

    func checkIsFloat() throws(CheckpointError) {
        guard type == .f32 || type == .f16 || type == .bf16 else {
            throw CheckpointError(
                .unsupportedTensorType,
                "\(path): tensor \(quoted(name)) has the type \(type.rawValue), which is not supported here; "
                    + "use a checkpoint in F32, F16 or BF16, or one quantised with GPTQ")
        }
    }

    func check(shape expected: [Int], _ reason: String) throws(CheckpointError) {
        guard shape == expected else {
            throw CheckpointError(
                .invalidTensor,
                "\(path): tensor \(quoted(name)) has the shape \(shape), but \(reason) asks for \(expected)")
        }
    }
}
