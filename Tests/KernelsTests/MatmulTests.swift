import CKernels
import Kernels
import TestSupport
import Testing

@Suite("Matrix kernels")
struct MatmulTests {
    static let available = InstructionSet.allCases.filter { $0.kernels != nil }

    /// Makes panels of `tokens` and multiplies one row group by them: [token][32].
    static func product(
        _ set: InstructionSet, _ source: any PackedSource, group: [UInt8], columns: Int, tokens: [[Float]]
    ) throws -> [Float] {
        let kernels = try #require(set.kernels)
        let stride = Int(PK_ROWS)
        var panels = [UInt8](repeating: 0, count: pk_panel_bytes(source.isQuantised, tokens.count, columns))
        var out = [Float](repeating: .nan, count: tokens.count * stride)
        let panelBytes = pk_panel_bytes(source.isQuantised, Int(PK_TILE), columns)
        let makePanels = try #require(
            source.isQuantised ? kernels.functions.quantize : kernels.functions.transpose)
        makePanels(tokens.flatMap { $0 }, columns, tokens.count, columns, &panels, panelBytes)
        kernels.matmul(source.format)(group, 1, columns, panels, tokens.count, &out, stride)
        return out
    }

    @Test(
        "every instruction set without bits of its own gives the scalar kernel's, for every type and number of tokens",
        arguments: packedSources)
    func equalsScalar(source: any PackedSource) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let blocks =
                source.isQuantised
                ? Int.random(in: 1...7, using: &generator) : 2 * Int.random(in: 1...150, using: &generator)
            let columns = blocks * source.columnsPerBlock
            let group = source.randomGroup(blocks: blocks, using: &generator)
            for count in [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 67] {
                let tokens = (0..<count).map { _ in generator.floats(columns, in: -3...3) }
                let expected = try Self.product(.scalar, source, group: group, columns: columns, tokens: tokens)
                for set in Self.available where !set.hasOwnBits(for: source.format) {
                    let out = try Self.product(set, source, group: group, columns: columns, tokens: tokens)
                    #expect(
                        out.map(\.bitPattern) == expected.map(\.bitPattern),
                        "\(set), \(source), \(columns) columns, \(count) tokens, seed \(seed)")
                }
            }
        }
    }

    @Test("a token's result does not depend on its neighbours", arguments: packedSources)
    func independentOfTile(source: any PackedSource) throws {
        var generator = SeededGenerator(seed: 11)
        // The second one is more than are converted to brain floats at a time, and an odd number of pairs.
        for blocks in source.isQuantised ? [3, 5] : [96, 258] {
            let columns = blocks * source.columnsPerBlock
            let group = source.randomGroup(blocks: blocks, using: &generator)
            let tokens = (0..<Int(PK_TILE)).map { _ in generator.floats(columns) }
            for set in Self.available {
                let alone = try tokens.map {
                    try Self.product(set, source, group: group, columns: columns, tokens: [$0])
                }
                for count in 2...2 * tokens.count - 1 {
                    let places = (0..<count).map { $0 % tokens.count }
                    let together = try Self.product(
                        set, source, group: group, columns: columns, tokens: places.map { tokens[$0] })
                    #expect(together == places.flatMap { alone[$0] }, "\(set), \(columns) columns, \(count) tokens")
                }
            }
        }
    }

    @Test("a product is that of the de-quantised weights and the de-quantised activations", arguments: packedSources)
    func equalsDefinition(source: any PackedSource) throws {
        var generator = SeededGenerator(seed: 5)
        let columns = max(source.columnsPerBlock, 32) * 3
        let group = source.randomGroup(blocks: columns / source.columnsPerBlock, using: &generator)
        let token = generator.floats(columns, in: -2...2)
        for set in Self.available {
            let out = try Self.product(set, source, group: group, columns: columns, tokens: [token])
            let activation = Self.activation(set, source, token)
            for row in 0..<Int(PK_ROWS) {
                var weights = [Float](repeating: 0, count: columns)
                pk_unpack_row(source.format, group, row, columns, &weights)
                let products = zip(weights, activation).map { Double($0) * $1 }
                let expected = products.reduce(0, +), size = products.map(abs).reduce(0, +)
                #expect(abs(Double(out[row]) - expected) <= 1e-5 * size + 1e-6, "\(set), \(source) row \(row)")
            }
        }
    }

    /// What a set multiplies weights by: `token` itself, its codes times their scales, or its brain floats.
    private static func activation(_ set: InstructionSet, _ source: any PackedSource, _ token: [Float]) -> [Double] {
        var activation = token.map(Double.init)
        if set.hasOwnBits(for: source.format) {
            activation = token.map { x in
                let bits = x.bitPattern, rounded = bits &+ 0x7fff &+ (bits >> 16 & 1)
                return Double(Float(bitPattern: rounded & 0xffff_0000))
            }
        } else if source.isQuantised {
            for start in stride(from: 0, to: token.count, by: 32) {
                let block = token[start..<start + 32].map(abs)
                let largest = block.max() ?? 0, outlier = (block.firstIndex(of: largest) ?? 0) / 4
                let others = block.indices.filter { $0 / 4 != outlier }.map { block[$0] }.max() ?? 0
                let scale = max(others / 127, largest / 16256)
                for k in start..<start + 32 {
                    activation[k] = Double((token[k] / scale).rounded(.toNearestOrEven) * scale)
                }
            }
        }
        return activation
    }

    @Test("packed codes are d (code - zero) again", arguments: CodeSource.all)
    func codesSurvivePacking(source: CodeSource) {
        var generator = SeededGenerator(seed: 13)
        let rows = (0..<Int(PK_ROWS)).map { _ in source.randomRow(blocks: 3, using: &generator) }
        let group = source.pack(rows), columns = 3 * source.columnsPerBlock
        for (index, row) in rows.enumerated() {
            var weights = [Float](repeating: .nan, count: columns)
            pk_unpack_row(source.format, group, index, columns, &weights)
            #expect(weights == row.weights, "row \(index)")
        }
    }

    @Test("activations at the edges of a block's range neither saturate nor overflow", arguments: packedSources)
    func extremes(source: any PackedSource) throws {
        guard source.isQuantised else { return }
        let columns = source.columnsPerBlock * 2
        for byte in [0x00, 0x7f, 0x80, 0xff] as [UInt8] {
            var generator = SeededGenerator(seed: 3)
            let group = source.uniformGroup(byte: byte, blocks: 2, using: &generator)
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
        let group = source.randomGroup(blocks: 2, using: &generator)
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
