import CKernels
import Kernels

/// Activations of a step in the form that matrix kernels read: one panel for every tile of up to 8 tokens.
struct Panels {
    let quantised: UnsafeMutablePointer<UInt8>
    let floats: UnsafeMutablePointer<UInt8>

    init(maximumTokens: Int, maximumColumns: Int, arena: Arena) {
        let tokens = maximumTokens + PK_TILE
        quantised = arena.reserve(pk_panel_bytes(true, tokens, maximumColumns), of: UInt8.self)
        floats = arena.reserve(pk_panel_bytes(false, tokens, maximumColumns), of: UInt8.self)
    }

    static func tileCount(_ tokens: Int) -> Int { (tokens + PK_TILE - 1) / PK_TILE }

    /// The rows that tile number `tile` of `rows` rows covers.
    static func range(tile: Int, of rows: Int) -> Range<Int> { tile * PK_TILE..<min(rows, (tile + 1) * PK_TILE) }

    /// Makes the panel of the rows in `range`, one tile of `matrix` ([rows][columns, padded to whole row groups]).
    func fill(
        _ range: Range<Int>, of matrix: UnsafePointer<Float>, columns: Int, for need: Need, kernels: KernelTable
    ) {
        let stride = PackedMatrix.groups(rows: columns) * PK_ROWS
        let first = matrix + range.lowerBound * stride
        if need.quantised {
            let panel = quantised + pk_panel_bytes(true, range.lowerBound, columns)
            kernels.functions.quantize(first, stride, range.count, columns, panel)
        }
        if need.floats {
            let panel = floats + pk_panel_bytes(false, range.lowerBound, columns)
            kernels.functions.transpose(first, stride, range.count, columns, panel)
        }
    }

    /// Which forms the matrices that share an input read.
    struct Need {
        let quantised: Bool
        let floats: Bool

        init(_ first: PackedMatrix, _ second: PackedMatrix? = nil, _ third: PackedMatrix? = nil) {
            let second = second ?? first, third = third ?? first
            quantised = first.isQuantised || second.isQuantised || third.isQuantised
            floats = !first.isQuantised || !second.isQuantised || !third.isQuantised
        }
    }
}

extension PackedMatrix {
    var isQuantised: Bool { format.rawValue > PK_BF16.rawValue }
}
