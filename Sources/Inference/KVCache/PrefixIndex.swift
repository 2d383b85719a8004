import Tokenization

/// Finds the block that holds the keys and values of given tokens behind a given block: a hash table over
/// (parent, 32 tokens), where the parent is the block before, or the root.
///
/// Equal parents and equal tokens mean equal chains down to the root, so this is a chain of hashes without the hashes:
/// each link is compared in full, and two chains whose hashes collide are two chains all the same. The hash is keyed
/// anew in each process, so nobody can prepare tokens that fall into one bucket. Allocates nothing after `init`.
///
/// It rests on the pool's promise that a parent stays as long as its children.
struct PrefixIndex: Sendable {
    private static let none: Int32 = -1

    // Indexed by bucket: the first of its blocks. A power of two, at least two buckets a block.
    private var buckets: [Int32]
    // Indexed by block, with a meaning only where the block is indexed.
    private var bucketOf: [Int32]  // none: not indexed
    private var nextInBucket: [Int32]
    private var parents: [Int32]  // none: the root
    private var roots: [PrefixRoot]
    private var tokens: [TokenID]  // [block][32]
    /// How often a block has left the index, so that who remembers one sees that it is another by now.
    private var generations: [UInt32]
    private(set) var count = 0

    init(blockCount: Int) {
        var size = 2
        while size < 2 * blockCount { size *= 2 }
        buckets = Array(repeating: Self.none, count: size)
        bucketOf = Array(repeating: Self.none, count: blockCount)
        nextInBucket = bucketOf
        parents = bucketOf
        roots = Array(repeating: PrefixRoot(digest: []), count: blockCount)
        tokens = Array(repeating: 0, count: blockCount * BlockPool.tokensPerBlock)
        generations = Array(repeating: 0, count: blockCount)
    }

    func contains(_ block: BlockID) -> Bool { bucketOf[block.place] != Self.none }

    func generation(of block: BlockID) -> UInt32 { generations[block.place] }

    /// nil: the root. Only for indexed blocks.
    func parent(of block: BlockID) -> BlockID? {
        let parent = parents[block.place]
        return parent == Self.none ? nil : BlockID(rawValue: parent)
    }

    /// The block with 32 tokens of `prompt`, those from `start` on, behind `parent`.
    func find(_ prompt: Span<TokenID>, from start: Int, behind parent: BlockID?, _ root: PrefixRoot)
        -> BlockID?
    {
        let parent = parent?.rawValue ?? Self.none
        var place = buckets[bucket(prompt, start, parent, root)]
        while place != Self.none {
            if holds(Int(place), prompt, start, parent, root) { return BlockID(rawValue: place) }
            place = nextInBucket[Int(place)]
        }
        return nil
    }

    /// Enters a block that is not indexed, under a key that is not there.
    mutating func insert(
        _ block: BlockID, _ prompt: Span<TokenID>, from start: Int, behind parent: BlockID?,
        _ root: PrefixRoot
    ) {
        let parent = parent?.rawValue ?? Self.none
        parents[block.place] = parent
        roots[block.place] = root
        let base = block.place * BlockPool.tokensPerBlock
        for offset in 0..<BlockPool.tokensPerBlock { tokens[base + offset] = prompt[start + offset] }
        let bucket = bucket(prompt, start, parent, root)
        bucketOf[block.place] = Int32(bucket)
        nextInBucket[block.place] = buckets[bucket]
        buckets[bucket] = block.rawValue
        count += 1
    }

    /// Forgets a block, if it is indexed.
    mutating func remove(_ block: BlockID) {
        let bucket = bucketOf[block.place]
        guard bucket != Self.none else { return }
        if buckets[Int(bucket)] == block.rawValue {
            buckets[Int(bucket)] = nextInBucket[block.place]
        } else {
            var place = Int(buckets[Int(bucket)])
            while nextInBucket[place] != block.rawValue { place = Int(nextInBucket[place]) }
            nextInBucket[place] = nextInBucket[block.place]
        }
        bucketOf[block.place] = Self.none
        generations[block.place] &+= 1
        count -= 1
    }

    /// Whether a block is found under its own key.
    func findsItself(_ block: BlockID) -> Bool {
        let base = block.place * BlockPool.tokensPerBlock
        return find(tokens.span, from: base, behind: parent(of: block), roots[block.place]) == block
    }

    private func holds(
        _ place: Int, _ prompt: Span<TokenID>, _ start: Int, _ parent: Int32, _ root: PrefixRoot
    ) -> Bool {
        guard parents[place] == parent, parent != Self.none || roots[place] == root else { return false }
        let base = place * BlockPool.tokensPerBlock
        for offset in 0..<BlockPool.tokensPerBlock where tokens[base + offset] != prompt[start + offset] {
            return false
        }
        return true
    }

    private func bucket(
        _ prompt: Span<TokenID>, _ start: Int, _ parent: Int32, _ root: PrefixRoot
    ) -> Int {
        var hasher = Hasher()
        hasher.combine(parent)
        if parent == Self.none { hasher.combine(root) }
        for offset in stride(from: 0, to: BlockPool.tokensPerBlock, by: 2) {
            let low = UInt64(UInt32(bitPattern: prompt[start + offset].rawValue))
            let high = UInt64(UInt32(bitPattern: prompt[start + offset + 1].rawValue))
            hasher.combine(low | high << 32)
        }
        return hasher.finalize() & (buckets.count - 1)
    }
}
