import Checkpoints

/// A linear layer, y = W x + b, with 32-bit float weights.
struct ReferenceLinear: Sendable {
    let rows: Int
    let columns: Int
    let weights: [Float]  // [rows][columns]
    let bias: [Float]?  // [rows]

    /// The tensors `name`.weight and, if there is one, `name`.bias.
    init(_ file: CheckpointContent, _ name: String) throws {
        let tensor = try file.required("\(name).weight")
        rows = tensor.rows
        columns = tensor.columns
        weights = filledConcurrently(rows: tensor.rows, columns: tensor.columns) { row, values in
            tensor.dequantize(row: row, into: values)
        }
        bias = try file.optionalVector("\(name).bias")
    }

    /// One row of weights: what a token is embedded as.
    func row(_ index: Int) -> ArraySlice<Float> { weights[index * columns..<(index + 1) * columns] }

    /// [tokens][columns] → [tokens][rows]
    func callAsFunction(_ x: [Float]) -> [Float] {
        var y = multiplied(weights, rows: rows, columns: columns, by: x)
        if let bias {
            for start in stride(from: 0, to: y.count, by: rows) {
                for row in 0..<rows { y[start + row] += bias[row] }
            }
        }
        return y
    }
}

extension CheckpointContent {
    func required(_ name: String) throws -> any WeightTensor {
        guard let tensor = tensors[name] else {
            throw ModelError(.wrongWeights, "the file has no tensor \(name): it is no complete model, convert it again")
        }
        return tensor
    }

    func vector(_ name: String) throws -> [Float] { floats(try required(name)) }

    func optionalVector(_ name: String) throws -> [Float]? { tensors[name].map(floats) }

    private func floats(_ tensor: any WeightTensor) -> [Float] {
        [Float](unsafeUninitializedCapacity: tensor.columns) { values, count in
            tensor.dequantize(row: 0, into: values)
            count = tensor.columns
        }
    }
}
