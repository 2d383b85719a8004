import CKernels
import TestSupport

extension SeededGenerator {
    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }
}

/// A kind of weights that can be packed, as the tests make them.
protocol PackedSource: Sendable, CustomStringConvertible {
    var format: pk_format { get }
    var columnsPerBlock: Int { get }

    /// A packed row group of 16 random rows.
    func randomGroup(blocks: Int, using generator: inout SeededGenerator) -> [UInt8]

    /// The same with every byte of codes, packed as the file has them, being `byte`.
    func uniformGroup(byte: UInt8, blocks: Int, using generator: inout SeededGenerator) -> [UInt8]
}

extension PackedSource {
    var isQuantised: Bool { columnsPerBlock > 1 }
}

/// Every kind of weights.
let packedSources: [any PackedSource] = SourceType.all + CodeSource.all

/// GGUF's tensor types, their block sizes, and where in a block its half-precision scales stand.
struct SourceType: PackedSource {
    let type: pk_ggml_type
    let description: String
    let columnsPerBlock: Int
    let bytesPerBlock: Int
    let halves: [Int]

    static let all: [SourceType] = [
        SourceType(type: PK_GGML_F32, description: "F32", columnsPerBlock: 1, bytesPerBlock: 4, halves: []),
        SourceType(type: PK_GGML_F16, description: "F16", columnsPerBlock: 1, bytesPerBlock: 2, halves: [0]),
        SourceType(type: PK_GGML_BF16, description: "BF16", columnsPerBlock: 1, bytesPerBlock: 2, halves: []),
        SourceType(type: PK_GGML_Q4_0, description: "Q4_0", columnsPerBlock: 32, bytesPerBlock: 18, halves: [0]),
        SourceType(type: PK_GGML_Q4_1, description: "Q4_1", columnsPerBlock: 32, bytesPerBlock: 20, halves: [0, 2]),
        SourceType(type: PK_GGML_Q5_0, description: "Q5_0", columnsPerBlock: 32, bytesPerBlock: 22, halves: [0]),
        SourceType(type: PK_GGML_Q5_1, description: "Q5_1", columnsPerBlock: 32, bytesPerBlock: 24, halves: [0, 2]),
        SourceType(type: PK_GGML_Q8_0, description: "Q8_0", columnsPerBlock: 32, bytesPerBlock: 34, halves: [0]),
        SourceType(type: PK_GGML_Q4_K, description: "Q4_K", columnsPerBlock: 256, bytesPerBlock: 144, halves: [0, 2]),
        SourceType(type: PK_GGML_Q5_K, description: "Q5_K", columnsPerBlock: 256, bytesPerBlock: 176, halves: [0, 2]),
        SourceType(type: PK_GGML_Q6_K, description: "Q6_K", columnsPerBlock: 256, bytesPerBlock: 210, halves: [208]),
    ]

    var format: pk_format { pk_format(UInt32(pk_format_for_ggml(Int32(type.rawValue)))) }

    /// One row of `blocks` blocks with random codes and sane scales.
    func randomRow(blocks: Int, using generator: inout SeededGenerator) -> [UInt8] {
        var row: [UInt8] = []
        for _ in 0..<blocks {
            var block = (0..<bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if type == PK_GGML_F32 || type == PK_GGML_BF16 {
                let bits = Float.random(in: -1...1, using: &generator).bitPattern
                block = withUnsafeBytes(of: type == PK_GGML_F32 ? bits : bits >> 16) { Array($0.prefix(bytesPerBlock)) }
            }
            for offset in halves {
                let half = Float16.random(in: -0.1...0.1, using: &generator).bitPattern
                block[offset] = UInt8(half & 0xff)
                block[offset + 1] = UInt8(half >> 8)
            }
            row += block
        }
        return row
    }

    func randomGroup(blocks: Int, using generator: inout SeededGenerator) -> [UInt8] {
        let rows = (0..<Int(PK_ROWS)).map { _ in randomRow(blocks: blocks, using: &generator) }
        return pack(rows, columns: blocks * columnsPerBlock)
    }

    func uniformGroup(byte: UInt8, blocks: Int, using generator: inout SeededGenerator) -> [UInt8] {
        var rows = (0..<Int(PK_ROWS)).map { _ in randomRow(blocks: blocks, using: &generator) }
        for row in rows.indices {
            for place in rows[row].indices
            where !halves.contains(where: { ($0...$0 + 1).contains(place % bytesPerBlock) }) {
                rows[row][place] = byte
            }
        }
        return pack(rows, columns: blocks * columnsPerBlock)
    }

    func pack(_ rows: [[UInt8]], columns: Int) -> [UInt8] {
        var packed = [UInt8](repeating: 0xaa, count: pk_group_bytes(format, columns))
        let joined = rows.flatMap { $0 }
        joined.withUnsafeBufferPointer { bytes in
            let length = rows.first?.count ?? 0
            let pointers = rows.indices.map { row in bytes.baseAddress.map { $0 + length * row } }
            pointers.withUnsafeBufferPointer { pk_pack_group(type, $0.baseAddress, columns, &packed) }
        }
        return packed
    }
}
