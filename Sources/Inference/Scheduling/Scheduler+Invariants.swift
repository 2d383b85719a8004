extension Scheduler {
    /// What is wrong with the scheduler's state; nil when all is well.
    package var violation: String? {
        if let violation = pool.violation(held: running.lazy.flatMap(\.blocks)) { return violation }
        if running.count > limits.maximumRunning { return "\(running.count) sequences run" }
        if waiting.contains(where: { !$0.blocks.isEmpty || $0.computed != 0 }) {
            return "a waiting sequence holds blocks"
        }
        let ids = (running + waiting).map(\.id)
        if Set(ids).count != ids.count { return "a sequence is queued twice" }
        if chunks.map(\.count).reduce(0, +) > limits.tokenBudget { return "the plan exceeds the token budget" }
        return nil
    }
}
