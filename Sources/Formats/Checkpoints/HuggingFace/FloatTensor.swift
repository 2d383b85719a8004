import CKernels

/// A matrix or a vector of floats in a safetensors file.
struct FloatTensor: WeightTensor {
    let rows: Int
    let columns: Int
    private let tensor: SafetensorsTensor

    /// - Parameter shape: fastest first, as in `TensorPlan`.
    init(_ tensor: SafetensorsTensor, shape: [Int]) throws(CheckpointError) {
        try tensor.checkIsFloat()
        try tensor.check(shape: shape.reversed(), "config.json")
        columns = shape[0]
        rows = shape.count == 2 ? shape[1] : 1
        self.tensor = tensor
    }

    var typeName: String { tensor.type.rawValue }
    var columnOrder: [Int32]? { nil }

    func format(order: [Int32]?) -> pk_format? {
        switch tensor.type {
        case .f16: PK_F16
        case .bf16: PK_BF16
        default: PK_F32
        }
    }

    func pack(rows: [Int], order: [Int32]?, into group: UnsafeMutablePointer<UInt8>) {
        let size = tensor.type.byteCount
        let type =
            switch tensor.type {
            case .f16: PK_GGML_F16
            case .bf16: PK_GGML_BF16
            default: PK_GGML_F32
            }
        let base = tensor.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard let order else {
            let sources = rows.map { row in row < 0 ? nil : base?.advanced(by: row * columns * size) }
            return pk_pack_group(type, sources, columns, group)
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: PK_ROWS * columns * size) { arranged in
            guard let target = arranged.baseAddress, let base else { return }
            for (lane, row) in rows.enumerated() where row >= 0 {
                for (place, column) in order.enumerated() {
                    let to = target + (lane * columns + place) * size
                    to.update(from: base + (row * columns + Int(column)) * size, count: size)
                }
            }
            let sources = rows.indices.map { rows[$0] < 0 ? nil : UnsafePointer(target + $0 * columns * size) }
            pk_pack_group(type, sources, columns, group)
        }
    }

    func dequantize(row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        for column in 0..<columns { output[column] = tensor.float(row * columns + column) }
    }
}
