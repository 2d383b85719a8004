extension BlockPool {
    /// What is wrong with the pool, given every block that somebody holds; nil when all is well.
    package func violation(held: some Sequence<BlockID>) -> String? {
        guard free.count == isFree.count(where: { $0 }) else { return "the free list and the flags disagree" }
        guard Set(free).count == free.count else { return "a block is free twice" }
        var seen = Set<BlockID>()
        for block in held {
            if isFree[Int(block.rawValue)] { return "block \(block.rawValue) is held and free" }
            if !seen.insert(block).inserted { return "block \(block.rawValue) is held twice" }
        }
        return seen.count == usedCount ? nil : "\(usedCount - seen.count) blocks are lost"
    }
}
