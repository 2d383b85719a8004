import CKernels

/// The output matrix of a GPTQ checkpoint, which quantisers leave in 16 bits, packed in 8.
///
/// Every token reads all of it: in 16 bits that is a fifth of all bytes of an 8B model. Blocks of 32 with a scale each,
/// as Q8_0 has them, cost less than the 4-bit layers before it do by far. The embedding stays as it is: only the rows
/// of tokens in the text are read.
struct QuantizedHead: WeightTensor {
    let base: FloatTensor

    var rows: Int { base.rows }
    var columns: Int { base.columns }
    var columnOrder: [Int32]? { nil }

    /// Whether fewer bytes for each token are worth the rounding: not where the whole matrix fits into caches.
    static func pays(_ head: FloatTensor) -> Bool {
        head.typeName != SafetensorsType.f32.rawValue && head.columns % PK_BLOCK == 0
            && head.rows * head.columns >= Limits.quantizedHeadElements
    }

    func format(order: [Int32]?) -> pk_format? { order == nil ? PK_Q8_SYM : nil }

    func dequantize(row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        base.dequantize(row: row, into: output)
    }

    func pack(rows: [Int], order: [Int32]?, into group: UnsafeMutablePointer<UInt8>) {
        let blocks = columns / PK_BLOCK
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: PK_ROWS * columns) { codes in
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: PK_ROWS * blocks) { scales in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
                    for (lane, row) in rows.enumerated() where row >= 0 {
                        base.dequantize(row: row, into: values)
                        for block in 0..<blocks {
                            let start = block * PK_BLOCK
                            let run = UnsafeMutableBufferPointer(rebasing: values[start..<start + PK_BLOCK])
                            scales[lane * blocks + block] = Self.quantize(run) { place, code in
                                codes[lane * columns + start + place] = code
                            }
                        }
                    }
                }
                guard let codes = codes.baseAddress, let scales = scales.baseAddress else { return }
                let lanes = (0..<PK_ROWS).map { lane in
                    pk_code_row(codes: codes + lane * columns, scales: scales + lane * blocks, zeros: nil)
                }
                lanes.withUnsafeBufferPointer { lanes in
                    let sources = rows.indices.map { rows[$0] < 0 ? nil : lanes.baseAddress?.advanced(by: $0) }
                    pk_pack_codes(PK_Q8_SYM, sources, columns, group)
                }
            }
        }
    }

    /// The scale of 32 values, in half precision; codes are 128 more than the nearest multiple of it.
    private static func quantize(
        _ values: UnsafeMutableBufferPointer<Float>, _ write: (_ place: Int, _ code: UInt8) -> Void
    ) -> UInt16 {
        var largest: Float = 0
        for value in values { largest = max(largest, abs(value)) }
        let scale = Float16(largest / 127)
        let inverse = scale > 0 ? 1 / Float(scale) : 0
        for (place, value) in values.enumerated() {
            let code = (value * inverse).rounded()
            write(place, UInt8(min(127, max(-127, code)) + 128))
        }
        return scale.bitPattern
    }
}
