import KVCache

extension Scheduler {
    /// What is wrong with the scheduler's state; nil when all is well.
    package var violation: String? {
        if let violation = pool.violation(held: running.lazy.flatMap(\.blocks)) { return violation }
        if running.count > limits.maximumRunning { return "\(running.count) sequences run" }
        if waiting.contains(where: { !$0.blocks.isEmpty || $0.computed != 0 || $0.committed != 0 }) {
            return "a waiting sequence holds blocks"
        }
        let size = BlockPool.tokensPerBlock
        if running.contains(where: { $0.committed > $0.computed / size || $0.computed > $0.tokens.count }) {
            return "a block is in the cache that is not computed"
        }
        // `complete` may still be due for the plan.
        if running.contains(where: { $0.blocks.count * size < $0.computed }) { return "computed tokens have no block" }
        let ids = (running + waiting).map(\.id)
        if Set(ids).count != ids.count { return "a sequence is queued twice" }
        if chunks.map(\.count).reduce(0, +) > limits.stepTokens { return "the plan exceeds a step's tokens" }
        return writtenTwice
    }

    /// A block that the plan's chunks write and that is not their sequence's alone.
    private var writtenTwice: String? {
        for chunk in chunks {
            guard let entry = running.first(where: { $0.id == chunk.sequence }) else { continue }
            guard chunk.start / BlockPool.tokensPerBlock >= entry.committed || entry.computed != chunk.start else {
                return "\(chunk) writes into a cached block"
            }
        }
        return nil
    }
}
