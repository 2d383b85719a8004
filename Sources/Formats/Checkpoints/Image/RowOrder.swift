/// The order of rows that RoPE rotates.
///
/// A `llama` GGUF file keeps the rows of q and k so that pairs (2i, 2i + 1) of a head rotate together; qwen2's files,
/// and images of both, pair (i, i + half). Images have one order so that the engine needs one kernel.
struct RowOrder: Sendable {
    private let headSize: Int
    /// Half the rotated elements of a head; 0 when rows stay where they are.
    private let half: Int

    init(_ configuration: ModelConfiguration, isRotated: Bool) {
        headSize = configuration.headSize
        half = isRotated && configuration.architecture == .llama ? configuration.ropeDimension / 2 : 0
    }

    /// The row of the file that becomes row `row` of the image.
    func source(of row: Int) -> Int {
        let element = row % headSize
        guard element < half * 2 else { return row }
        return row - element + (element < half ? element * 2 : (element - half) * 2 + 1)
    }
}
