/// De-quantisation in plain Swift, straight from the format's description and independent of the kernels, so that it
/// can judge them. Products and sums are rounded in the order of ggml's reference, hence equal to it bit for bit.
///
/// Block layouts: https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
extension GGUFTensor {
    /// Writes row `row` as `columns` floats to the start of `output`.
    package func dequantize(row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        precondition(output.count >= columns, "the output is shorter than a row")
        let source = self.row(row)
        for block in 0..<columns / type.blockElements {
            let bytes = UnsafeRawBufferPointer(
                rebasing: source[block * type.blockBytes..<(block + 1) * type.blockBytes])
            let start = block * type.blockElements
            let values = UnsafeMutableBufferPointer(rebasing: output[start..<start + type.blockElements])
            switch type {
            case .f32: values[0] = Float(bitPattern: bytes.word32(at: 0))
            case .f16: values[0] = bytes.half(at: 0)
            case .bf16: values[0] = Float(bitPattern: UInt32(bytes.word16(at: 0)) << 16)
            case .q4_0: dequantizeQ4(bytes, headerBytes: 2, values) { d, _, code in d * Float(code - 8) }
            case .q4_1: dequantizeQ4(bytes, headerBytes: 4, values) { d, m, code in d * Float(code) + m }
            case .q5_0: dequantizeQ5(bytes, headerBytes: 2, values) { d, _, code in d * Float(code - 16) }
            case .q5_1: dequantizeQ5(bytes, headerBytes: 4, values) { d, m, code in d * Float(code) + m }
            case .q8_0: dequantizeQ8(bytes, values)
            case .q4_K: dequantizeQ4K(bytes, values)
            case .q5_K: dequantizeQ5K(bytes, values)
            case .q6_K: dequantizeQ6K(bytes, values)
            }
        }
    }
}

private typealias Block = UnsafeRawBufferPointer
private typealias Values = UnsafeMutableBufferPointer<Float>

/// {f16 d [, f16 m], 16 bytes}: element j in the low nibble of byte j, element j + 16 in the high one.
private func dequantizeQ4(
    _ block: Block, headerBytes: Int, _ values: Values, _ value: (_ d: Float, _ m: Float, _ code: Int) -> Float
) {
    let d = block.half(at: 0), m = block.half(at: 2)
    for j in 0..<16 {
        let byte = Int(block[headerBytes + j])
        values[j] = value(d, m, byte & 15)
        values[j + 16] = value(d, m, byte >> 4)
    }
}

/// As the 4-bit block, with a 32-bit word before the nibbles whose bit j is the fifth bit of element j.
private func dequantizeQ5(
    _ block: Block, headerBytes: Int, _ values: Values, _ value: (_ d: Float, _ m: Float, _ code: Int) -> Float
) {
    let d = block.half(at: 0), m = block.half(at: 2)
    let high = block.word32(at: headerBytes)
    for j in 0..<16 {
        let byte = Int(block[headerBytes + 4 + j])
        values[j] = value(d, m, byte & 15 | Int(high >> j & 1) << 4)
        values[j + 16] = value(d, m, byte >> 4 | Int(high >> (j + 16) & 1) << 4)
    }
}

/// {f16 d, 32 signed bytes}.
private func dequantizeQ8(_ block: Block, _ values: Values) {
    let d = block.half(at: 0)
    for j in 0..<32 { values[j] = d * Float(Int8(bitPattern: block[2 + j])) }
}

/// The 6-bit scale and minimum of sub-block `j`, from the 12 bytes at offset 4 that hold eight of each.
private func scaleAndMinimum(_ block: Block, _ j: Int) -> (scale: Float, minimum: Float) {
    let packed = Block(rebasing: block[4..<16])
    if j < 4 { return (Float(packed[j] & 63), Float(packed[j + 4] & 63)) }
    return (
        Float(packed[j + 4] & 15 | (packed[j - 4] >> 6) << 4),
        Float(packed[j + 4] >> 4 | (packed[j] >> 6) << 4)
    )
}

/// {f16 d, f16 dmin, 12 scale bytes, 128 nibble bytes}: each 32 bytes hold sub-block 2i low and 2i + 1 high.
private func dequantizeQ4K(_ block: Block, _ values: Values) {
    for j in 0..<8 {
        let (scale, minimum) = scaleAndMinimum(block, j)
        let d = block.half(at: 0) * scale, m = block.half(at: 2) * minimum
        for k in 0..<32 {
            let byte = block[16 + j / 2 * 32 + k]
            values[j * 32 + k] = d * Float(j % 2 == 0 ? byte & 15 : byte >> 4) - m
        }
    }
}

/// As Q4_K, with 32 bytes before the nibbles: bit j of byte k is the fifth bit of element k of sub-block j.
private func dequantizeQ5K(_ block: Block, _ values: Values) {
    for j in 0..<8 {
        let (scale, minimum) = scaleAndMinimum(block, j)
        let d = block.half(at: 0) * scale, m = block.half(at: 2) * minimum
        for k in 0..<32 {
            let byte = block[48 + j / 2 * 32 + k]
            let code = (j % 2 == 0 ? byte & 15 : byte >> 4) | (block[16 + k] >> j & 1) << 4
            values[j * 32 + k] = d * Float(code) - m
        }
    }
}

/// {128 low nibbles' bytes, 64 bytes of high pairs, 16 signed scales, f16 d}: two halves of 128, four runs of 32 in
/// each.
private func dequantizeQ6K(_ block: Block, _ values: Values) {
    let d = block.half(at: 208)
    for k in 0..<256 {
        let half = k / 128, run = k % 128 / 32, i = k % 32
        let low = block[half * 64 + run % 2 * 32 + i] >> (run / 2 * 4) & 15
        let high = block[128 + half * 32 + i] >> (run * 2) & 3
        let scale = Float(Int8(bitPattern: block[192 + k / 16]))
        values[k] = d * scale * Float(Int(low | high << 4) - 32)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func word16(at offset: Int) -> UInt16 {
        UInt16(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    fileprivate func word32(at offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    fileprivate func half(at offset: Int) -> Float { Float(Float16(bitPattern: word16(at: offset))) }
}
