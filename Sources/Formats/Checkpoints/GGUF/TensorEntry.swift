/// A tensor's entry in the directory of a GGUF file, checked for itself; its place in the file is checked later,
/// when the start of the data section is known.
struct TensorEntry {
    let name: String
    let type: GGUFTensorType
    /// Fastest first.
    let shape: [Int]
    let byteCount: Int
    /// Relative to the data section; unchecked.
    let offset: UInt64

    init(_ reader: inout ByteReader, index: Int) throws(CheckpointError) {
        let nameBytes = try reader.stringBytes(limit: Limits.tensorNameBytes, "the name of tensor \(index)")
        let name = String(decoding: nameBytes, as: UTF8.self)
        let what = "tensor \(quoted(name))"
        let dimensions = try reader.integer(UInt32.self, what)
        guard dimensions >= 1, dimensions <= Limits.dimensions else {
            throw CheckpointError(
                .invalidTensor, "\(what) has \(dimensions) dimensions; 1 to \(Limits.dimensions) are possible")
        }
        var shape: [Int] = []
        var elements = 1
        for _ in 0..<dimensions {
            let size = try reader.integer(UInt64.self, what)
            let (product, overflow) = elements.multipliedReportingOverflow(by: Int(clamping: size))
            guard size > 0, !overflow, product <= Limits.tensorElements else {
                throw CheckpointError(
                    .invalidTensor,
                    "\(what) has a dimension of \(size), which makes it "
                        + (size == 0 ? "empty" : "larger than the limit of \(Limits.tensorElements) elements"))
            }
            elements = product
            shape.append(Int(size))
        }
        let number = try reader.integer(UInt32.self, what)
        guard let type = GGUFTensorType(rawValue: number) else {
            let known = GGUFTensorType.allCases.map(\.name).joined(separator: ", ")
            throw CheckpointError(
                .unsupportedTensorType,
                "\(what) has the type \(GGUFTensorType.name(ofNumber: number) ?? "unknown") (\(number)), "
                    + "which is not supported; use a file with these types: \(known)")
        }
        guard shape[0] % type.blockElements == 0 else {
            throw CheckpointError(
                .invalidTensor,
                "\(what) has rows of \(shape[0]) elements, no multiple of \(type.name)'s block of \(type.blockElements)"
            )
        }
        self.name = name
        self.type = type
        self.shape = shape
        // Cannot overflow: at most 2^40 elements of at most 4 bytes.
        byteCount = elements / type.blockElements * type.blockBytes
        offset = try reader.integer(UInt64.self, what)
    }
}
