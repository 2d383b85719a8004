import CKernels
import Checkpoints
import FoundationEssentials
import TestSupport
import Testing

@Suite("De-quantisation")
struct DequantizationTests {
    struct Golden: Decodable {
        var type: UInt32
        var columns: Int
        var stored: String
        var values: [UInt32]
    }

    @Test("equals the reference implementation bit for bit, for every type")
    func reference() throws {
        let cases = try golden("dequantize", as: [Golden].self)
        #expect(Set(cases.map(\.type)) == Set(RandomBlocks.types))
        for golden in cases {
            let tensor = try tensor(golden.type, columns: golden.columns, rows: 1, bytes: bytes(golden.stored))
            #expect(tensor.values()[0].map(\.bitPattern) == golden.values, "type \(golden.type)")
        }
    }

    /// No tolerance: both round every product and sum once, in the same order.
    @Test("equals packing and unpacking bit for bit, for every type and any number of rows")
    func packing() throws {
        let seed: UInt64 = 0x5eed
        var generator = SeededGenerator(seed: seed)
        for type in RandomBlocks.types {
            let columns = RandomBlocks.blockElements(type) * 3
            for rows in [1, 15, 16, 17] {
                let stored = RandomBlocks.bytes(type: type, count: rows * columns, deviation: 1, using: &generator)
                let tensor = try tensor(type, columns: columns, rows: rows, bytes: stored)
                #expect(unpacked(tensor) == tensor.values(), "type \(type), \(rows) rows, seed \(seed)")
            }
        }
    }

    @Test("of random blocks has the deviation that was asked for", arguments: RandomBlocks.types)
    func deviation(type: UInt32) throws {
        var generator = SeededGenerator(seed: 7)
        let stored = RandomBlocks.bytes(type: type, count: 256 * 64, deviation: 0.5, using: &generator)
        let values = try tensor(type, columns: 256, rows: 64, bytes: stored).values().flatMap { $0 }
        let mean = values.reduce(0, +) / Float(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)
        #expect(abs(mean) < 0.1)
        #expect((0.3...0.8).contains(variance.squareRoot()))
    }

    private func unpacked(_ tensor: GGUFTensor) -> [[Float]] {
        let format = pk_format(UInt32(pk_format_for_ggml(Int32(tensor.type.rawValue))))
        let groupBytes = pk_group_bytes(format, tensor.columns)
        var group = [UInt8](repeating: 0, count: groupBytes)
        return (0..<tensor.rows).map { row in
            let first = row / Int(PK_ROWS) * Int(PK_ROWS)
            let rows = (first..<first + Int(PK_ROWS)).map { row in
                row < tensor.rows ? tensor.row(row).baseAddress?.assumingMemoryBound(to: UInt8.self) : nil
            }
            pk_pack_group(pk_ggml_type(tensor.type.rawValue), rows, tensor.columns, &group)
            return [Float](unsafeUninitializedCapacity: tensor.columns) { buffer, count in
                pk_unpack_row(format, group, row % Int(PK_ROWS), tensor.columns, buffer.baseAddress)
                count = tensor.columns
            }
        }
    }

    private func tensor(_ type: UInt32, columns: Int, rows: Int, bytes: [UInt8]) throws -> GGUFTensor {
        var builder = GGUFBuilder()
        let shape = [UInt64(columns), UInt64(rows)]
        builder.tensors.append(.init(name: "t", type: type, shape: shape, bytes: bytes))
        return try #require(open(builder.build()).tensor("t"))
    }

    private func bytes(_ hexadecimal: String) throws -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            try #require(UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16))
        }
    }
}
