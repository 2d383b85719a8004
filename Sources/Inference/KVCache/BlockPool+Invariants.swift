extension BlockPool {
    /// What is wrong with the pool, given the blocks of every holder, once for each; nil when all is well.
    package func violation(held: some Sequence<BlockID>) -> String? {
        var expected = Array(repeating: Int32(0), count: blockCount)
        for block in held { expected[block.place] += 1 }
        if let block = expected.indices.first(where: { expected[$0] != holders[$0] }) {
            return "block \(block) has \(expected[block]) holders, but counts \(holders[block])"
        }
        guard let order = free.blocks else { return "the free list is broken" }
        guard order.allSatisfy({ holders[$0.place] == 0 }) else { return "a block is held and free" }
        guard order.count == expected.count(where: { $0 == 0 }) else { return "a block is lost" }
        return cachesPrefixes ? cacheViolation(order) : nil
    }

    private func cacheViolation(_ order: [BlockID]) -> String? {
        var placeInOrder = Array(repeating: Int.max, count: blockCount)
        for (place, block) in order.enumerated() { placeInOrder[block.place] = place }
        let cached = (0..<Int32(blockCount)).map { BlockID(rawValue: $0) }.filter { index.contains($0) }
        guard cached.count == index.count else { return "the cache miscounts its blocks" }
        for block in cached {
            guard index.findsItself(block) else { return "block \(block.rawValue) is cached and not found" }
            guard let parent = index.parent(of: block) else { continue }
            guard index.contains(parent) else { return "block \(block.rawValue) outlived its parent" }
            let isBefore = placeInOrder[block.place] < placeInOrder[parent.place]
            guard isBefore || holders[parent.place] > 0 else {
                return "block \(parent.rawValue) would be handed out before its child \(block.rawValue)"
            }
            guard holders[block.place] <= holders[parent.place] else {
                return "block \(block.rawValue) has more holders than its parent"
            }
        }
        return nil
    }
}
