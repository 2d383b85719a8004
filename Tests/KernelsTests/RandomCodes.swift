import CKernels
import TestSupport

/// Integer codes with scales and zeros, as GPTQ has them.
struct CodeSource: PackedSource {
    let format: pk_format
    let description: String
    let bits: Int
    /// Columns that share a scale.
    let columnsPerBlock: Int
    /// The zero of formats that store none.
    let fixedZero: UInt16?

    static let all: [CodeSource] = [
        CodeSource(format: PK_Q4_SYM, description: "codes, 4 bits, 32", bits: 4, columnsPerBlock: 32, fixedZero: 8),
        CodeSource(format: PK_Q8_SYM, description: "codes, 8 bits, 32", bits: 8, columnsPerBlock: 32, fixedZero: 128),
        CodeSource(
            format: PK_Q4_SYM_128, description: "codes, 4 bits, 128", bits: 4, columnsPerBlock: 128, fixedZero: 8),
        CodeSource(
            format: PK_Q4_ZERO, description: "codes and zeros, 4 bits, 32", bits: 4, columnsPerBlock: 32,
            fixedZero: nil),
        CodeSource(
            format: PK_Q4_ZERO_128, description: "codes and zeros, 4 bits, 128", bits: 4, columnsPerBlock: 128,
            fixedZero: nil),
        CodeSource(
            format: PK_Q8_ZERO, description: "codes and zeros, 8 bits, 32", bits: 8, columnsPerBlock: 32,
            fixedZero: nil),
    ]

    /// One row before packing.
    struct Row {
        var codes: [UInt8]
        var scales: [UInt16]
        var zeros: [UInt16]

        /// w = d (code - zero)
        var weights: [Float] {
            codes.indices.map { k in
                Float(Float16(bitPattern: scales[k / 32])) * (Float(codes[k]) - Float(zeros[k / 32]))
            }
        }
    }

    func randomRow(blocks: Int, using generator: inout SeededGenerator) -> Row {
        let columns = blocks * columnsPerBlock
        var row = Row(codes: [], scales: [], zeros: [])
        for _ in 0..<columns { row.codes.append(UInt8.random(in: 0...UInt8((1 << bits) - 1), using: &generator)) }
        for _ in 0..<blocks {
            let scale = Float16.random(in: -0.1...0.1, using: &generator).bitPattern
            let zero = fixedZero ?? UInt16.random(in: 0...UInt16(1 << bits), using: &generator)
            row.scales += Array(repeating: scale, count: columnsPerBlock / 32)
            row.zeros += Array(repeating: zero, count: columnsPerBlock / 32)
        }
        return row
    }

    func randomGroup(blocks: Int, using generator: inout SeededGenerator) -> [UInt8] {
        pack((0..<Int(PK_ROWS)).map { _ in randomRow(blocks: blocks, using: &generator) })
    }

    /// Zeros are as far from the codes as they can be.
    func uniformGroup(byte: UInt8, blocks: Int, using generator: inout SeededGenerator) -> [UInt8] {
        let code = bits == 4 ? byte & 15 : byte
        return pack(
            (0..<Int(PK_ROWS)).map { _ in
                var row = randomRow(blocks: blocks, using: &generator)
                row.codes = row.codes.map { _ in code }
                row.zeros = row.zeros.map { _ in fixedZero ?? (Int(code) < 1 << (bits - 1) ? UInt16(1 << bits) : 0) }
                return row
            })
    }

    func pack(_ rows: [Row]) -> [UInt8] {
        let columns = rows.first?.codes.count ?? 0, groups = columns / 32
        var packed = [UInt8](repeating: 0xaa, count: pk_group_bytes(format, columns))
        let codes = rows.flatMap(\.codes), scales = rows.flatMap(\.scales), zeros = rows.flatMap(\.zeros)
        codes.withUnsafeBufferPointer { codes in
            scales.withUnsafeBufferPointer { scales in
                zeros.withUnsafeBufferPointer { zeros in
                    let views = rows.indices.map { row in
                        pk_code_row(
                            codes: codes.baseAddress.map { $0 + row * columns },
                            scales: scales.baseAddress.map { $0 + row * groups },
                            zeros: zeros.baseAddress.map { $0 + row * groups })
                    }
                    views.withUnsafeBufferPointer { views in
                        let pointers = rows.indices.map { row in views.baseAddress.map { $0 + row } }
                        pk_pack_codes(format, pointers, columns, &packed)
                    }
                }
            }
        }
        return packed
    }
}
