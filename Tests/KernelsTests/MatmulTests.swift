import CKernels
import Kernels
import TestSupport
import Testing

@Suite("Matrix kernels")
struct MatmulTests {
    static let available = InstructionSet.allCases.filter { $0.kernels != nil }

    /// Makes a panel of `rows` and multiplies one row group by it: [token][16].
    static func product(
        _ set: InstructionSet, _ source: SourceType, group: [UInt8], columns: Int, tokens: [[Float]]
    ) throws -> [Float] {
        let kernels = try #require(set.kernels)
        let tile = tokens.count
        var panel = [UInt8](repeating: 0, count: pk_panel_bytes(source.isQuantised, tile, columns))
        var out = [Float](repeating: .nan, count: tile * 16)
        let rows = tokens.flatMap { $0 }
        if source.isQuantised {
            kernels.functions.quantize(rows, columns, tile, columns, &panel)
        } else {
            kernels.functions.transpose(rows, columns, tile, columns, &panel)
        }
        kernels.matmul(source.format)(group, columns, panel, tile, &out, 16)
        return out
    }

    @Test(
        "every instruction set gives the scalar kernel's bits, for every type and tile size", arguments: SourceType.all)
    func equalsScalar(source: SourceType) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let blocks =
                source.isQuantised
                ? Int.random(in: 1...7, using: &generator) : Int.random(in: 1...301, using: &generator)
            let columns = blocks * source.columnsPerBlock
            let group = source.randomGroup(blocks: blocks, using: &generator).packed
            for tile in 1...Int(PK_TILE) {
                let tokens = (0..<tile).map { _ in generator.floats(columns, in: -3...3) }
                let expected = try Self.product(.scalar, source, group: group, columns: columns, tokens: tokens)
                for set in Self.available {
                    let out = try Self.product(set, source, group: group, columns: columns, tokens: tokens)
                    #expect(
                        out.map(\.bitPattern) == expected.map(\.bitPattern),
                        "\(set), \(source), \(columns) columns, tile \(tile), seed \(seed)")
                }
            }
        }
    }

    @Test("a token's result does not depend on its neighbours in the tile", arguments: SourceType.all)
    func independentOfTile(source: SourceType) throws {
        var generator = SeededGenerator(seed: 11)
        let columns = 2 * max(source.columnsPerBlock, 48)
        let group = source.randomGroup(blocks: columns / source.columnsPerBlock, using: &generator).packed
        let tokens = (0..<Int(PK_TILE)).map { _ in generator.floats(columns) }
        for set in Self.available {
            let together = try Self.product(set, source, group: group, columns: columns, tokens: tokens)
            for token in tokens.indices {
                let alone = try Self.product(set, source, group: group, columns: columns, tokens: [tokens[token]])
                #expect(alone.elementsEqual(together[(token * 16)..<(token * 16 + 16)]), "\(set) token \(token)")
            }
        }
    }

    @Test("a product is that of the de-quantised weights and the de-quantised activations", arguments: SourceType.all)
    func equalsDefinition(source: SourceType) throws {
        var generator = SeededGenerator(seed: 5)
        let columns = max(source.columnsPerBlock, 32) * 3
        let group = source.randomGroup(blocks: columns / source.columnsPerBlock, using: &generator).packed
        let token = generator.floats(columns, in: -2...2)
        let out = try Self.product(InstructionSet.best, source, group: group, columns: columns, tokens: [token])
        var activation = token.map(Double.init)
        if source.isQuantised {
            for start in stride(from: 0, to: columns, by: 32) {
                let block = token[start..<start + 32].map(abs)
                let largest = block.max() ?? 0, outlier = (block.firstIndex(of: largest) ?? 0) / 4
                let others = block.indices.filter { $0 / 4 != outlier }.map { block[$0] }.max() ?? 0
                let scale = max(others / 127, largest / 16256)
                for k in start..<start + 32 {
                    activation[k] = Double((token[k] / scale).rounded(.toNearestOrEven) * scale)
                }
            }
        }
        for row in 0..<16 {
            var weights = [Float](repeating: 0, count: columns)
            pk_unpack_row(source.format, group, row, columns, &weights)
            let products = zip(weights, activation).map { Double($0) * $1 }
            let expected = products.reduce(0, +), size = products.map(abs).reduce(0, +)
            #expect(abs(Double(out[row]) - expected) <= 1e-5 * size + 1e-6, "\(source) row \(row)")
        }
    }

    @Test("activations at the edges of a block's range neither saturate nor overflow", arguments: SourceType.all)
    func extremes(source: SourceType) throws {
        guard source.isQuantised else { return }
        let columns = source.columnsPerBlock * 2
        for byte in [0x00, 0x7f, 0x80, 0xff] as [UInt8] {
            var generator = SeededGenerator(seed: 3)
            var rows = (0..<16).map { _ in source.randomRow(blocks: 2, using: &generator) }
            for row in rows.indices {
                for place in rows[row].indices
                where !source.halves.contains(where: { ($0...$0 + 1).contains(place % source.bytesPerBlock) }) {
                    rows[row][place] = byte
                }
            }
            let group = source.pack(rows, columns: columns)
            for value in [-5, 5] as [Float] {
                let token = [Float](repeating: value, count: columns)
                let expected = try Self.product(.scalar, source, group: group, columns: columns, tokens: [token])
                for set in Self.available {
                    let out = try Self.product(set, source, group: group, columns: columns, tokens: [token])
                    #expect(out == expected, "\(set) \(source) codes \(byte)")
                }
            }
        }
    }

    @Test("activations that are not numbers give the same nonsense everywhere and never trap")
    func notANumber() throws {
        let source = SourceType.all[3]
        var generator = SeededGenerator(seed: 8)
        let group = source.randomGroup(blocks: 2, using: &generator).packed
        var token = generator.floats(64)
        token[3] = .nan
        token[40] = .infinity
        let expected = try Self.product(.scalar, source, group: group, columns: 64, tokens: [token])
        for set in Self.available {
            let out = try Self.product(set, source, group: group, columns: 64, tokens: [token])
            for (a, b) in zip(out, expected) { #expect(a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN), "\(set)") }
        }
    }
}
