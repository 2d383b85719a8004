/// What bounds a step and a sequence.
package struct SchedulerLimits: Sendable, Equatable {
    /// Sequences in one step.
    package var maximumRunning: Int
    /// Tokens in one step: what a decoding neighbour waits for while a prompt is read.
    package var tokenBudget: Int
    /// Tokens of one sequence.
    package var contextLength: Int

    package init(maximumRunning: Int, tokenBudget: Int, contextLength: Int) {
        self.maximumRunning = maximumRunning
        self.tokenBudget = tokenBudget
        self.contextLength = contextLength
    }
}
