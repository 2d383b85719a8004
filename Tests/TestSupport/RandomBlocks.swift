/// Random stored tensors of every GGUF type, with elements of a given standard deviation.
package enum RandomBlocks {
    /// ggml's numbers of the types that checkpoints may use.
    package static let types: [UInt32] = [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 30]

    package static func blockElements(_ type: UInt32) -> Int {
        switch type {
        case 0, 1, 30: 1
        case 12, 13, 14: 256
        default: 32
        }
    }

    /// `count` elements of ggml type `type`, centred on zero; `count` is a whole number of blocks.
    package static func bytes(
        type: UInt32, count: Int, deviation: Float, using generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count / blockElements(type) {
            appendBlock(type, deviation, &bytes, &generator)
        }
        return bytes
    }

    private static func appendBlock(
        _ type: UInt32, _ deviation: Float, _ bytes: inout [UInt8], _ generator: inout SeededGenerator
    ) {
        // Codes are uniform: over n values one step apart their deviation is n / sqrt(12).
        let root12: Float = 3.4641016
        let jitter = Float.random(in: 0.5...1.5, using: &generator)
        func step(_ values: Float) -> Float { jitter * deviation * root12 / values }
        func codes(_ count: Int) {
            for _ in 0..<count { bytes.append(UInt8.random(in: 0...255, using: &generator)) }
        }
        switch type {
        case 0: bytes.append(integer: (Float.random(in: -1...1, using: &generator) * deviation * 1.7320508).bitPattern)
        case 1: append(half: Float.random(in: -1...1, using: &generator) * deviation * 1.7320508, &bytes)
        case 30:
            let value = Float.random(in: -1...1, using: &generator) * deviation * 1.7320508
            bytes.append(integer: UInt16(truncatingIfNeeded: value.bitPattern >> 16))
        case 2:
            append(half: step(16), &bytes)
            codes(16)
        case 3:
            append(half: step(16), &bytes)
            append(half: step(16) * -7.5, &bytes)
            codes(16)
        case 6:
            append(half: step(32), &bytes)
            codes(4 + 16)
        case 7:
            append(half: step(32), &bytes)
            append(half: step(32) * -15.5, &bytes)
            codes(4 + 16)
        case 8:
            append(half: step(256), &bytes)
            codes(32)
        case 12, 13:
            // Scales and minima are 6 bits, 31.5 on average; the minimum is half a scale's range of codes.
            let values: Float = type == 12 ? 16 : 32
            append(half: step(values) / 36, &bytes)
            append(half: step(values) / 36 * (values - 1) / 2, &bytes)
            appendPackedScales(&bytes, &generator)
            codes(type == 12 ? 128 : 32 + 128)
        default:
            codes(128 + 64)
            for _ in 0..<16 {
                let scale = Int8.random(in: 48...80, using: &generator)
                bytes.append(UInt8(bitPattern: Bool.random(using: &generator) ? scale : -scale))
            }
            append(half: step(64) / 64, &bytes)
        }
    }

    /// Eight pairs of an equal 6-bit scale and minimum in 12 bytes.
    private static func appendPackedScales(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let scales = (0..<8).map { _ in UInt8.random(in: 8...63, using: &generator) }
        for j in 0..<4 { bytes.append(scales[j] | (scales[j + 4] >> 4) << 6) }
        for j in 0..<4 { bytes.append(scales[j] | (scales[j + 4] >> 4) << 6) }
        for j in 4..<8 { bytes.append((scales[j] & 15) | (scales[j] & 15) << 4) }
    }

    private static func append(half value: Float, _ bytes: inout [UInt8]) {
        bytes.append(integer: Float16(value).bitPattern)
    }
}
