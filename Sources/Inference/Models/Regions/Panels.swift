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
        if need.quantised {
            let panel = quantised + pk_panel_bytes(true, range.lowerBound, columns)
            kernels.functions.quantize(first, stride, range.count, columns, panel)
        }
        if need.floats {
            let panel = floats + pk_panel_bytes(false, range.lowerBound, columns)
            kernels.functions.transpose(first, stride, range.count, columns, panel)
        }
    }

    /// The same for some columns: a multiple of 32, from a multiple of 32 on.
    func fill(
        _ range: Range<Int>, of matrix: UnsafePointer<Float>, columns: Int, part: Range<Int>, for need: Need,
        kernels: KernelTable
    ) {
        let stride = PackedMatrix.groups(rows: columns) * PK_ROWS
        let first = matrix + range.lowerBound * stride + part.lowerBound
        if need.quantised {
            let panel =
                quantised + pk_panel_bytes(true, range.lowerBound, columns)
                + pk_panel_bytes(true, range.count, part.lowerBound)
            kernels.functions.quantize(first, stride, range.count, part.count, panel)
        }
        if need.floats {
            let panel =
                floats + pk_panel_bytes(false, range.lowerBound, columns)
                + pk_panel_bytes(false, range.count, part.lowerBound)
            kernels.functions.transpose(first, stride, range.count, part.count, panel)
        }
    }

    /// Writes block number `block`, 32 columns, of the panel of the rows in `range`; `values`: [rows][32].
    func fillBlock(
        _ block: Int, of range: Range<Int>, from values: UnsafePointer<Float>, columns: Int, for need: Need,
        kernels: KernelTable
    ) {
        if need.quantised {
            let panel = quantised + pk_panel_bytes(true, range.lowerBound, columns)
            let place = panel + block * pk_panel_bytes(true, range.count, PK_BLOCK)
            kernels.functions.quantize(values, PK_ROWS, range.count, PK_BLOCK, place)
        }
        if need.floats {
            let panel = floats + pk_panel_bytes(false, range.lowerBound, columns)
            let place = panel + block * pk_panel_bytes(false, range.count, PK_BLOCK)
            kernels.functions.transpose(values, PK_ROWS, range.count, PK_BLOCK, place)
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
