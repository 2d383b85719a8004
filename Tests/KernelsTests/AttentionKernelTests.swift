import CKernels
import Foundation
import Kernels
import TestSupport
import Testing

@Suite("Attention kernels")
struct AttentionKernelTests {
    /// Tokens of one KV head, in blocks that stand in any order, and rows that ask for them.
    struct Case {
        let size: Int
        let table: [Int32]
        let keys: [[Float]]
        let values: [[Float]]
        let queries: [[Float]]
        let seen: [Range<Int>]

        init(tokens: Int, size: Int, rows: Int, windows: Bool, seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            self.size = size
            table = (0..<Int32((tokens + 31) / 32)).shuffled(using: &generator)
            // As in real models, a few dimensions of keys are far larger than the rest.
            keys = (0..<tokens).map { _ in
                var key = generator.floats(size)
                for d in stride(from: 3, to: size, by: 13) { key[d] *= 10 }
                return key
            }
            values = (0..<tokens).map { _ in generator.floats(size).map { $0 * 3 } }
            queries = (0..<rows).map { _ in generator.floats(size, in: -0.4...0.4) }
            seen = (0..<rows).map { row in
                let to = max(1, tokens - row * 3)
                return (windows ? max(0, to - 40 * (row + 1)) : 0)..<to
            }
        }

        /// The keys and values in storage; bytes that no row may see are no numbers.
        func store(_ type: KVType, _ kernels: KernelTable) -> [UInt8] {
            let blockBytes = blockBytes(type)
            var pool = [UInt8](repeating: 0xff, count: table.count * blockBytes)
            pool.withUnsafeMutableBufferPointer { pool in
                guard let base = pool.baseAddress else { return }
                for t in keys.indices {
                    kernels.storeKV(type)(base + Int(table[t / 32]) * blockBytes, t % 32, size, keys[t], values[t])
                }
            }
            return pool
        }

        func blockBytes(_ type: KVType) -> Int { type.headBytes(headSize: size) + 64 }

        /// Answers of some rows; with `cut` every split is computed by a call of its own.
        func answers(_ rows: [Int], _ type: KVType, _ kernels: KernelTable, _ pool: [UInt8], cut: Bool) -> [Float] {
            let stateSize = Int(PK_ATTENTION_SUMS) + size
            var out = [Float](repeating: 0, count: rows.count * size)
            // What is left in scratch memory from another call must not matter.
            var scratch = [Float](repeating: .nan, count: pk_attention_scratch_bytes(size) / 4 + 1)
            var states = [Float](repeating: .nan, count: 2 * rows.count * stateSize)
            let flat = rows.flatMap { queries[$0] }
            let splits = keys.count / Int(PK_ATTENTION_SPLIT) + 1
            flat.withUnsafeBufferPointer { flat in
                states.withUnsafeMutableBufferPointer { states in
                    pool.withUnsafeBufferPointer { pool in
                        table.withUnsafeBufferPointer { table in
                            guard let states = states.baseAddress, let flat = flat.baseAddress else { return }
                            var view = pk_kv_view(
                                base: pool.baseAddress, block_bytes: blockBytes(type), table: table.baseAddress,
                                head_size: size, next: pk_kv_blocks())
                            func attend(_ first: Int, _ count: Int, into place: Int) {
                                let kernelRows = rows.indices.map { i in
                                    pk_attention_row(
                                        query: flat + i * size,
                                        state: states + (place * rows.count + i) * stateSize,
                                        from: seen[rows[i]].lowerBound, to: seen[rows[i]].upperBound)
                                }
                                kernels.attend(type)(&view, kernelRows, rows.count, first, count, &scratch)
                            }
                            attend(0, cut ? 1 : splits, into: 0)
                            for split in 1..<(cut ? splits : 1) {
                                attend(split, 1, into: 1)
                                for i in rows.indices {
                                    kernels.functions.merge_attention(
                                        states + i * stateSize, states + (rows.count + i) * stateSize, size)
                                }
                            }
                            for i in rows.indices {
                                var answer = [Float](repeating: 0, count: size)
                                kernels.functions.finish_attention(states + i * stateSize, size, &answer)
                                out.replaceSubrange(i * size..<(i + 1) * size, with: answer)
                            }
                        }
                    }
                }
            }
            return out
        }

        /// A plain softmax in double precision over the numbers before they were stored.
        func expected(_ row: Int) -> [Double] {
            let scores = seen[row].map { t in zip(queries[row], keys[t]).map { Double($0) * Double($1) }.reduce(0, +) }
            let top = scores.max() ?? 0, weights = scores.map { exp2($0 - top) }, total = weights.reduce(0, +)
            return (0..<size).map { d in
                zip(weights, seen[row]).map { $0 * Double(values[$1][d]) }.reduce(0, +) / total
            }
        }
    }

    @Test(
        "attention equals a plain softmax over what each row sees: whatever its neighbours, cuts and instruction set",
        arguments: KVType.allCases, [false, true])
    func softmax(type: KVType, windows: Bool) throws {
        let scalar = try #require(InstructionSet.scalar.kernels)
        for (seed, tokens) in [1, 2, 31, 32, 33, 100, 511, 512, 513, 1100].enumerated() {
            for size in [16, 48, 64, 128] {
                let test = Case(tokens: tokens, size: size, rows: 8, windows: windows, seed: UInt64(seed))
                let rows = Array(0..<1 + (seed + size) % 8)
                let pool = test.store(type, scalar)
                let expected = test.answers(rows, type, scalar, pool, cut: false)
                for set in MatmulTests.available {
                    let kernels = try #require(set.kernels)
                    #expect(test.store(type, kernels) == pool, "\(set) stores \(tokens) tokens alike")
                    for cut in [false, true] {
                        let together = test.answers(rows, type, kernels, pool, cut: cut)
                        #expect(together.map(\.bitPattern) == expected.map(\.bitPattern), "\(set), \(tokens) tokens")
                        for row in rows {
                            let alone = test.answers([row], type, kernels, pool, cut: cut)
                            #expect(alone.elementsEqual(expected[row * size..<(row + 1) * size]), "\(set), row \(row)")
                        }
                    }
                }
                for row in rows {
                    let exact = test.expected(row)
                    // Values reach 3; half precision has 11 bits of them, and 8 bits have 8 of keys and values.
                    let bound = type == .f16 ? 0.02 : 0.12
                    for d in 0..<size {
                        #expect(
                            abs(Double(expected[row * size + d]) - exact[d]) < bound, "\(tokens) tokens, row \(row)")
                    }
                }
            }
        }
    }

    @Test("one token is answered with its value, as stored", arguments: KVType.allCases)
    func oneToken(type: KVType) throws {
        let kernels = try #require(InstructionSet.best.kernels)
        let test = Case(tokens: 1, size: 64, rows: 1, windows: false, seed: 3)
        let answer = test.answers([0], type, kernels, test.store(type, kernels), cut: false)
        let largest = test.values[0].map(abs).max() ?? 0
        let step = type == .f16 ? 0x1p-11 * largest : largest / 254 * 1.001
        for (a, b) in zip(answer, test.values[0]) { #expect(abs(a - b) <= step) }
    }

    @Test("no number in a key or value makes a kernel stop or read out of bounds", arguments: KVType.allCases)
    func brokenWeights(type: KVType) throws {
        for bad in [Float.nan, .infinity, -.infinity, 3e38, 0] {
            for set in MatmulTests.available {
                let kernels = try #require(set.kernels)
                var test = Case(tokens: 40, size: 32, rows: 2, windows: false, seed: 5)
                test = Case(replacing: bad, in: test)
                _ = test.answers([0, 1], type, kernels, test.store(type, kernels), cut: false)
            }
        }
    }
}

extension AttentionKernelTests.Case {
    /// Token 7 and the first row consist of `bad` alone.
    init(replacing bad: Float, in test: Self) {
        size = test.size
        table = test.table
        keys = test.keys.enumerated().map { $0 == 7 ? $1.map { _ in bad } : $1 }
        values = test.values.enumerated().map { $0 == 7 ? $1.map { _ in bad } : $1 }
        queries = test.queries.enumerated().map { $0 == 0 ? $1.map { _ in bad } : $1 }
        seen = test.seen
    }
}
