package import Kernels

/// How an engine is set up; the defaults suit a small machine.
package struct EngineConfiguration: Sendable {
    /// Tokens of prompt and answer together; nil: what the model was trained for.
    package var contextLength: Int?
    /// Sequences computed together.
    package var maximumRunning: Int
    /// Tokens of prompts computed in one step, at least and at most.
    package var promptBudget: ClosedRange<Int>
    /// Requests that may wait, as sequences.
    package var maximumWaiting: Int
    /// Bytes for keys and values; nil: chosen from the machine's memory.
    package var kvBytes: Int?
    /// How keys and values are stored.
    package var kvType: KVType
    /// Bytes that weights, keys and values may take together; nil: what the machine has free.
    package var memoryLimit: Int?
    /// Threads that compute; nil: one for each core.
    package var threads: Int?
    package var instructionSet: InstructionSet
    /// Whether prompts that begin alike share the keys and values of their beginning.
    package var cachesPrefixes: Bool

    package init(
        contextLength: Int? = nil, maximumRunning: Int = Limits.runningSequences,
        promptBudget: ClosedRange<Int> = Limits.promptTokens,
        maximumWaiting: Int = Limits.waitingSequences, kvBytes: Int? = nil, kvType: KVType = .standard,
        memoryLimit: Int? = nil, threads: Int? = nil,
        instructionSet: InstructionSet = .best, cachesPrefixes: Bool = true
    ) {
        self.contextLength = contextLength
        self.maximumRunning = maximumRunning
        self.promptBudget = promptBudget
        self.maximumWaiting = maximumWaiting
        self.kvBytes = kvBytes
        self.kvType = kvType
        self.memoryLimit = memoryLimit
        self.threads = threads
        self.instructionSet = instructionSet
        self.cachesPrefixes = cachesPrefixes
    }
}
