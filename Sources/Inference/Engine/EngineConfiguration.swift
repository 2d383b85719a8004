package import Kernels

/// How an engine is set up; the defaults suit a small machine.
package struct EngineConfiguration: Sendable {
    /// Tokens of prompt and answer together; nil: what the model was trained for.
    package var contextLength: Int?
    /// Sequences computed together.
    package var maximumRunning: Int
    /// Tokens computed in one step.
    package var tokenBudget: Int
    /// Requests that may wait, as sequences.
    package var maximumWaiting: Int
    /// Bytes for keys and values; nil: chosen from the machine's memory.
    package var kvBytes: Int?
    /// Bytes that weights, keys and values may take together; nil: what the machine has free.
    package var memoryLimit: Int?
    /// Threads that compute; nil: one for each core.
    package var threads: Int?
    package var instructionSet: InstructionSet

    package init(
        contextLength: Int? = nil, maximumRunning: Int = Limits.runningSequences, tokenBudget: Int = Limits.stepTokens,
        maximumWaiting: Int = Limits.waitingSequences, kvBytes: Int? = nil, memoryLimit: Int? = nil,
        threads: Int? = nil,
        instructionSet: InstructionSet = .best
    ) {
        self.contextLength = contextLength
        self.maximumRunning = maximumRunning
        self.tokenBudget = tokenBudget
        self.maximumWaiting = maximumWaiting
        self.kvBytes = kvBytes
        self.memoryLimit = memoryLimit
        self.threads = threads
        self.instructionSet = instructionSet
    }
}
