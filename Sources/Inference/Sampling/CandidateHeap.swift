/// A binary heap of tokens by weight, in place: the standard library's sort would allocate.
struct CandidateHeap {
    private let tokens: UnsafeMutableBufferPointer<Int32>
    private let weights: UnsafeMutableBufferPointer<Float>
    private var count: Int

    init(tokens: UnsafeMutableBufferPointer<Int32>, weights: UnsafeMutableBufferPointer<Float>, count: Int) {
        self.tokens = tokens
        self.weights = weights
        self.count = count
    }

    mutating func order() {
        for parent in stride(from: count / 2 - 1, through: 0, by: -1) { sink(parent) }
    }

    /// Removes the heaviest token, which afterwards stands just behind the heap.
    mutating func popLargest() -> Int32 {
        count -= 1
        tokens.swapAt(0, count)
        sink(0)
        return tokens[count]
    }

    private func isHeavier(_ a: Int32, _ b: Int32) -> Bool {
        let left = weights[Int(a)], right = weights[Int(b)]
        return left > right || (left == right && a < b)
    }

    private func sink(_ start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < count else { return }
            if child + 1 < count && isHeavier(tokens[child + 1], tokens[child]) { child += 1 }
            guard isHeavier(tokens[child], tokens[parent]) else { return }
            tokens.swapAt(child, parent)
            parent = child
        }
    }
}
