/// Which row of a checkpoint's tensor becomes a row of the image.
///
/// Images have one order of rotated rows, so that the engine needs one kernel: element i of a head rotates with
/// i + half.
enum RowOrder: Sendable {
    case unchanged
    /// From pairs (2i, 2i + 1) of a head to halves; `half` is half the rotated elements of a head.
    case fromAdjacentPairs(headSize: Int, half: Int)
    /// `order[i]` becomes row i, because the matrix that reads the result wants it so.
    case listed([Int32])

    init(_ configuration: ModelConfiguration, _ pairs: RotaryPairs) {
        switch pairs {
        case .adjacent:
            self = .fromAdjacentPairs(headSize: configuration.headSize, half: configuration.ropeDimension / 2)
        case .halves: self = .unchanged
        }
    }

    func source(of row: Int) -> Int {
        switch self {
        case .unchanged: return row
        case .listed(let order): return Int(order[row])
        case .fromAdjacentPairs(let headSize, let half):
            let element = row % headSize
            guard element < half * 2 else { return row }
            return row - element + (element < half ? element * 2 : (element - half) * 2 + 1)
        }
    }
}
