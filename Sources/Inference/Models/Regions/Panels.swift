import CKernels
import Kernels

/// Activations of a step in the form that matrix kernels read: one panel for every tile of up to 8 tokens.
struct Panels {
    let quantised: UnsafeMutablePointer<UInt8>
    let floats: UnsafeMutablePointer<UInt8>
    /// [T][columns], an activation in the order that its matrices want; nil: none wants one.
    private let reordered: UnsafeMutablePointer<Float>?

    init(maximumTokens: Int, maximumColumns: Int, reorders: Bool, arena: Arena) {
        let tokens = maximumTokens + PK_TILE
        quantised = arena.reserve(pk_panel_bytes(true, tokens, maximumColumns), of: UInt8.self)
        floats = arena.reserve(pk_panel_bytes(false, tokens, maximumColumns), of: UInt8.self)
        reordered = reorders ? arena.reserve(tokens * maximumColumns, of: Float.self) : nil
    }

    static func tileCount(_ tokens: Int) -> Int { (tokens + PK_TILE - 1) / PK_TILE }

    /// The rows that tile number `tile` of `rows` rows covers.
    static func range(tile: Int, of rows: Int) -> Range<Int> { tile * PK_TILE..<min(rows, (tile + 1) * PK_TILE) }

    /// Makes the panel of the rows in `range`, one tile of `matrix` ([rows][columns, padded to whole row groups]).
    func fill(
        _ range: Range<Int>, of matrix: UnsafePointer<Float>, columns: Int, for need: Need, kernels: KernelTable
    ) {
        let stride = PackedMatrix.groups(rows: columns) * PK_ROWS
        var first = matrix + range.lowerBound * stride
        if let order = need.order, let reordered {
            first = Self.reorder(
                first, by: order, rows: range.count, columns: columns, stride: stride,
                into: reordered + range.lowerBound * stride)
        }
        write(range, from: first, stride: stride, part: 0..<columns, of: columns, for: need, kernels: kernels)
    }

    /// The same for some columns: a multiple of 32, from a multiple of 32 on.
    func fill(
        _ range: Range<Int>, of matrix: UnsafePointer<Float>, columns: Int, part: Range<Int>, for need: Need,
        kernels: KernelTable
    ) {
        let stride = PackedMatrix.groups(rows: columns) * PK_ROWS
        write(
            range, from: matrix + range.lowerBound * stride + part.lowerBound, stride: stride, part: part, of: columns,
            for: need, kernels: kernels)
    }

    /// Writes some blocks, 32 columns each, of the panels of the rows in `range`, whole tiles and at most one that is
    /// not; `values`: [rows][32 · blocks].
    func fill(
        _ range: Range<Int>, blocks: Range<Int>, from values: UnsafePointer<Float>, columns: Int, for need: Need,
        kernels: KernelTable
    ) {
        let stride = blocks.count * PK_BLOCK
        var start = range.lowerBound
        while start < range.upperBound {
            let rest = range.upperBound - start, count = rest < PK_TILE ? rest : rest / PK_TILE * PK_TILE
            write(
                start..<start + count, from: values + (start - range.lowerBound) * stride, stride: stride,
                part: blocks.lowerBound * PK_BLOCK..<blocks.upperBound * PK_BLOCK, of: columns, for: need,
                kernels: kernels)
            start += count
        }
    }

    /// Asks for the memory of some blocks, or of all columns, of the panels of the rows in `range`, which begin a tile.
    func prefetch(_ range: Range<Int>, blocks: Range<Int>? = nil, columns: Int, for need: Need) {
        guard need.quantised else { return }
        let panel = pk_panel_bytes(true, PK_TILE, columns), blockBytes = pk_panel_bytes(true, PK_TILE, PK_BLOCK)
        for tile in range.lowerBound / PK_TILE..<Self.tileCount(range.upperBound) {
            let place = quantised + tile * panel + (blocks?.lowerBound ?? 0) * blockBytes
            pk_prefetch_for_writing(place, blocks.map { $0.count * blockBytes } ?? panel)
        }
    }

    /// Writes the columns in `part` of the panels of the rows in `range`: whole tiles, or one that is not.
    private func write(
        _ range: Range<Int>, from rows: UnsafePointer<Float>, stride: Int, part: Range<Int>, of columns: Int,
        for need: Need, kernels: KernelTable
    ) {
        let tile = min(range.count, PK_TILE)
        func place(_ quantised: Bool) -> Int {
            pk_panel_bytes(quantised, range.lowerBound, columns) + pk_panel_bytes(quantised, tile, part.lowerBound)
        }
        if need.quantised {
            kernels.functions.quantize(
                rows, stride, range.count, part.count, quantised + place(true), pk_panel_bytes(true, tile, columns))
        }
        if need.floats {
            kernels.functions.transpose(
                rows, stride, range.count, part.count, floats + place(false), pk_panel_bytes(false, tile, columns))
        }
    }

    private static func reorder(
        _ rows: UnsafePointer<Float>, by order: UnsafePointer<Int32>, rows count: Int, columns: Int, stride: Int,
        into output: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        for row in 0..<count {
            let from = rows + row * stride, to = output + row * stride
            for place in 0..<columns { to[place] = from[Int(order[place])] }
        }
        return UnsafePointer(output)
    }

    /// Which forms the matrices that share an input read.
    struct Need {
        let quantised: Bool
        let floats: Bool
        /// The order of elements that they were packed for; nil: as they are.
        let order: UnsafePointer<Int32>?

        init(
            _ first: PackedMatrix, _ second: PackedMatrix? = nil, _ third: PackedMatrix? = nil,
            order: UnsafePointer<Int32>? = nil
        ) {
            self.order = order
            let second = second ?? first, third = third ?? first
            quantised = first.isQuantised || second.isQuantised || third.isQuantised
            floats = !first.isQuantised || !second.isQuantised || !third.isQuantised
        }
    }
}

extension PackedMatrix {
    var isQuantised: Bool { format.rawValue > PK_BF16.rawValue }
}
