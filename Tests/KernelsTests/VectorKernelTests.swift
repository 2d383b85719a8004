import CKernels
import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Vector kernels")
struct VectorKernelTests {
    /// Runs `body` with every instruction set and expects equal bits; returns the scalar result.
    @discardableResult
    static func sameBits(_ what: String, _ body: (pk_kernels) -> [Float]) throws -> [Float] {
        let expected = body(try #require(InstructionSet.scalar.kernels).functions)
        for set in MatmulTests.available {
            let out = body(try #require(set.kernels).functions)
            #expect(out.map(\.bitPattern) == expected.map(\.bitPattern), "\(set): \(what)")
        }
        return expected
    }

    @Test("the norm follows its formula")
    func norm() throws {
        var generator = SeededGenerator(seed: 21)
        for columns in [16, 48, 576] {
            let x = generator.floats(columns), delta = generator.floats(columns), weight = generator.floats(columns)
            let out = try Self.sameBits("norm of \(columns)") { kernels in
                var x = x, out = [Float](repeating: 0, count: columns)
                kernels.add_rms_norm(&x, delta, weight, 1e-5, columns, &out)
                return out
            }
            let sum = zip(x, delta).map { Double($0 + $1) }
            let scale = 1 / (sum.map { $0 * $0 }.reduce(0, +) / Double(columns) + 1e-5).squareRoot()
            for k in 0..<columns { #expect(abs(Double(out[k]) - sum[k] * scale * Double(weight[k])) < 1e-5) }
        }
    }

    @Test("silu and exponentials are within a few ulp, also far out")
    func exponentials() throws {
        let values: [Float] = [-1000, -100, -88, -87, -20, -1, -1e-6, 0, 1e-6, 1, 20, 87, 88, 100, 1000, 0.5]
        let out = try Self.sameBits("silu") { kernels in
            var gate = values
            kernels.silu_multiply(&gate, [Float](repeating: 2, count: 16), 16)
            return gate
        }
        for (x, y) in zip(values, out) {
            let expected = 2 * Double(x) / (1 + Foundation.exp(-Double(x)))
            #expect(abs(Double(y) - expected) <= 4e-7 * abs(expected) + 1e-30, "silu(\(x)) = \(y)")
        }
        var generator = SeededGenerator(seed: 4)
        for count in [1, 15, 16, 17, 1000] {
            let x = generator.floats(count, in: -60...0)
            let out = try Self.sameBits("exp of \(count)") { kernels in
                var out = [Float](repeating: 0, count: count)
                let sum = kernels.exponentials(x, count, 0, 0.5, &out)
                return out + [sum]
            }
            for k in 0..<count {
                let expected = Foundation.exp(Double(x[k] * 0.5))
                #expect(abs(Double(out[k]) - expected) <= 3e-7 * expected)
            }
            let sum = out.dropLast().map(Double.init).reduce(0, +)
            #expect(abs(Double(out[count]) - sum) <= 1e-5 * sum)
        }
    }

    @Test("the largest value's first place is found at any length")
    func argmax() throws {
        var generator = SeededGenerator(seed: 9)
        for count in [1, 5, 16, 31, 100] {
            var values = generator.floats(count)
            for _ in 0..<3 { values[Int.random(in: 0..<count, using: &generator)] = 2 }
            for set in MatmulTests.available {
                let place = try #require(set.kernels).functions.argmax(values, count)
                #expect(place == values.firstIndex(of: values.max() ?? 0))
            }
        }
    }

    @Test("half precision survives a round trip and rounds to nearest even")
    func halves() throws {
        var generator = SeededGenerator(seed: 2)
        let special: [Float] = [0, -0.0, 65504, 65520, 1e-8, 6e-8, 3e-5, 6.1e-5, 1.0009765625, 1.00048828125]
        let values = special + generator.floats(54, in: -2...2)
        // Values pass through a block's value store, which is the only place where halves are made.
        let out = try Self.sameBits("halves") { kernels in
            var block = [UInt8](repeating: 0, count: 64 * 32 * 4)
            kernels.store_kv.0?(&block, 5, 64, values, values)
            return block.withUnsafeBytes { bytes in
                (0..<64).map {
                    Float(Float16(bitPattern: bytes.load(fromByteOffset: (64 * 32 + 5 * 64 + $0) * 2, as: UInt16.self)))
                }
            }
        }
        #expect(out == values.map { Float(Float16($0)) })
    }

    @Test("rotation turns each pair by its angle")
    func rotation() throws {
        var generator = SeededGenerator(seed: 6)
        let heads = 2, size = 32, half = 8
        let x = generator.floats(heads * size)
        let angles = generator.floats(half, in: -3...3)
        let out = try Self.sameBits("rotation") { kernels in
            var x = x
            kernels.rotate(&x, heads, size, half, angles.map { Foundation.cos($0) }, angles.map { Foundation.sin($0) })
            return x
        }
        for head in 0..<heads {
            for i in 0..<half {
                let a = Double(x[head * size + i]), b = Double(x[head * size + half + i]), angle = Double(angles[i])
                #expect(
                    abs(Double(out[head * size + i]) - (a * Foundation.cos(angle) - b * Foundation.sin(angle))) < 1e-6)
                #expect(
                    abs(Double(out[head * size + half + i]) - (b * Foundation.cos(angle) + a * Foundation.sin(angle)))
                        < 1e-6)
            }
            #expect(out[head * size + 2 * half] == x[head * size + 2 * half])
        }
    }
}
