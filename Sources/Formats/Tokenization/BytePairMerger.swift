/// Byte-pair encoding of one piece of text: merges the pair of lowest rank, leftmost first, until none is left.
///
/// Keeps its working memory between pieces. Short pieces scan for the lowest rank; long ones keep pairs in a heap over
/// a linked list, so that a megabyte without a space takes O(n log n).
struct BytePairMerger {
    /// Above this many bytes the heap beats scanning.
    private static let longPiece = 64
    private static let none = TableLayout.none

    /// The piece's tokens; when the heap is used, only those that `next` leads to.
    private var tokens: [UInt32] = []
    /// What `tokens[i]` and its right neighbour merge to, and the rank of it; `none`: they do not merge.
    private var ranks: [UInt32] = []
    private var merged: [UInt32] = []
    private var previous: [Int32] = []
    private var next: [Int32] = []
    /// rank << 32 | position, smallest first. May hold entries that `ranks` has since overruled.
    private var heap = MinimumHeap()

    /// Appends the tokens of `piece`. Bytes that the vocabulary does not have are left out, as Hugging Face does.
    mutating func encode(
        _ piece: UnsafeBufferPointer<UInt8>, with vocabulary: VocabularyView, into result: inout [TokenID]
    ) {
        tokens.removeAll(keepingCapacity: true)
        for byte in piece {
            let token = vocabulary.token(ofByte: byte)
            if token != Self.none { tokens.append(token) }
        }
        ranks.removeAll(keepingCapacity: true)
        merged.removeAll(keepingCapacity: true)
        for index in tokens.indices {
            let pair = pair(at: index, vocabulary)
            ranks.append(pair.rank)
            merged.append(pair.token)
        }
        if tokens.count <= Self.longPiece {
            mergeByScanning(vocabulary)
            for token in tokens { result.append(TokenID(rawValue: Int32(bitPattern: token))) }
        } else {
            mergeByHeap(vocabulary)
            var index: Int32 = 0
            while index >= 0 {
                result.append(TokenID(rawValue: Int32(bitPattern: tokens[Int(index)])))
                index = next[Int(index)]
            }
        }
    }

    private mutating func mergeByScanning(_ vocabulary: VocabularyView) {
        while true {
            var best = Self.none
            var position = 0
            for index in ranks.indices where ranks[index] < best {
                best = ranks[index]
                position = index
            }
            guard best != Self.none else { return }
            tokens[position] = merged[position]
            tokens.remove(at: position + 1)
            ranks.remove(at: position + 1)
            merged.remove(at: position + 1)
            for left in max(position - 1, 0)...position {
                let pair = pair(at: left, vocabulary)
                ranks[left] = pair.rank
                merged[left] = pair.token
            }
        }
    }

    /// How the token at `index` merges with the one that follows in `tokens`.
    private func pair(at index: Int, _ vocabulary: VocabularyView) -> (rank: UInt32, token: UInt32) {
        guard index + 1 < tokens.count else { return (Self.none, Self.none) }
        return vocabulary.merge(tokens[index], tokens[index + 1])
    }

    private mutating func mergeByHeap(_ vocabulary: VocabularyView) {
        let count = Int32(tokens.count)
        previous.removeAll(keepingCapacity: true)
        previous.append(contentsOf: -1..<count - 1)
        next.removeAll(keepingCapacity: true)
        next.append(contentsOf: 1..<count)
        next.append(-1)
        heap.removeAll()
        for index in tokens.indices where ranks[index] != Self.none {
            heap.push(UInt64(ranks[index]) << 32 | UInt64(index))
        }
        while let smallest = heap.pop() {
            let position = Int(smallest & 0xFFFF_FFFF)
            guard ranks[position] == UInt32(smallest >> 32) else { continue }
            let absorbed = Int(next[position])
            tokens[position] = merged[position]
            ranks[absorbed] = Self.none
            next[position] = next[absorbed]
            if next[absorbed] >= 0 { previous[Int(next[absorbed])] = Int32(position) }
            updatePair(at: position, vocabulary)
            if previous[position] >= 0 { updatePair(at: Int(previous[position]), vocabulary) }
        }
    }

    private mutating func updatePair(at position: Int, _ vocabulary: VocabularyView) {
        guard next[position] >= 0 else {
            ranks[position] = Self.none
            return
        }
        let pair = vocabulary.merge(tokens[position], tokens[Int(next[position])])
        ranks[position] = pair.rank
        merged[position] = pair.token
        if pair.rank != Self.none { heap.push(UInt64(pair.rank) << 32 | UInt64(position)) }
    }
}

/// A binary heap, smallest first.
struct MinimumHeap {
    private var items: [UInt64] = []

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
    }

    mutating func push(_ item: UInt64) {
        items.append(item)
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child] < items[parent] else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> UInt64? {
        guard let smallest = items.first else { return nil }
        let last = items.removeLast()
        guard !items.isEmpty else { return smallest }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < last else { break }
            items[parent] = items[child]
            parent = child
        }
        items[parent] = last
        return smallest
    }
}
