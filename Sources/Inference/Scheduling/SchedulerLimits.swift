/// What bounds a step and a sequence.
package struct SchedulerLimits: Sendable, Equatable {
    /// Sequences in one step.
    package var maximumRunning: Int
    /// Tokens of prompts in one step, at least and at most. Tokens of answers do not count, so that prompts are read as
    /// fast as they come when many answers end together, and none must queue.
    package var promptBudget: ClosedRange<Int>
    /// Tokens in one step.
    package var stepTokens: Int { promptBudget.upperBound + maximumRunning }
    /// Tokens of one sequence.
    package var contextLength: Int

    package init(maximumRunning: Int, promptBudget: ClosedRange<Int>, contextLength: Int) {
        self.maximumRunning = maximumRunning
        self.promptBudget = promptBudget
        self.contextLength = contextLength
    }
}
