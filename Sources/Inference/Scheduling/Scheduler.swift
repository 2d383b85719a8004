package import KVCache

/// One generation inside the engine.
package struct SequenceID: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }
}

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

/// The tokens `start` ..< `start + count` of one sequence, to be computed in this step.
package struct ScheduledChunk: Sendable, Equatable {
    package var sequence: SequenceID
    package var start: Int
    package var count: Int
    /// The chunk ends at the sequence's last token, so the next token can be drawn.
    package var drawsToken: Bool

    package init(sequence: SequenceID, start: Int, count: Int, drawsToken: Bool) {
        self.sequence = sequence
        self.start = start
        self.count = count
        self.drawsToken = drawsToken
    }
}

/// Decides which tokens of which sequences a step computes. Pure: it sees numbers of tokens and blocks only.
///
/// There are no phases: every sequence has tokens that it wants and tokens that are computed, and a step spends its
/// budget first on running sequences, oldest first, and then on waiting ones (as vLLM's V1 scheduler does). That
/// covers prompts in chunks, decoding and recomputing with the same arithmetic. When blocks run out, the youngest
/// running sequence is put back to the front of the queue and later recomputed; the oldest is never disturbed, so all
/// finish as long as one sequence of full length fits the pool.
///
/// | event | waiting | running |
/// | --- | --- | --- |
/// | `add` | enters at the end | |
/// | `plan` | the first leave, if blocks and budget allow | computes a chunk, or is preempted |
/// | `complete` | | `computed` advances by the chunk |
/// | `append` | | wants one more token |
/// | `remove` | leaves | leaves, its blocks return |
package struct Scheduler: Sendable {
    struct Entry: Sendable {
        var id: SequenceID
        /// Prompt and drawn tokens.
        var wanted: Int
        var computed = 0
        var blocks: [BlockID] = []
    }

    package let limits: SchedulerLimits
    package private(set) var pool: BlockPool
    private(set) var running: [Entry] = []
    private(set) var waiting: [Entry] = []
    /// The plan that the last `plan()` made.
    package private(set) var chunks: [ScheduledChunk] = []
    package private(set) var preemptions = 0

    package init(limits: SchedulerLimits, pool: BlockPool) {
        precondition(
            pool.blockCount >= BlockPool.blocks(forTokens: limits.contextLength),
            "the pool must hold at least one sequence of full length")
        self.limits = limits
        self.pool = pool
        running.reserveCapacity(limits.maximumRunning + 1)
        chunks.reserveCapacity(limits.maximumRunning + 1)
    }

    package var runningCount: Int { running.count }
    package var waitingCount: Int { waiting.count }

    /// Queues a sequence of `tokens` tokens, 1 ... `contextLength`.
    package mutating func add(_ id: SequenceID, tokens: Int) {
        precondition((1...limits.contextLength).contains(tokens), "\(tokens) tokens exceed the context")
        var entry = Entry(id: id, wanted: tokens)
        entry.blocks.reserveCapacity(BlockPool.blocks(forTokens: limits.contextLength))
        waiting.append(entry)
    }

    /// Makes the next step's plan in `chunks`; empty when nothing is left to do.
    package mutating func plan() {
        chunks.removeAll(keepingCapacity: true)
        var budget = limits.tokenBudget
        let preemptionsBefore = preemptions

        var index = 0
        while index < running.count && budget > 0 {
            let count = min(running[index].wanted - running[index].computed, budget)
            guard grow(runningAt: index, to: running[index].computed + count) else { break }
            schedule(running[index], count: count)
            budget -= count
            index += 1
        }

        // A pool that just ran out has no room for newcomers.
        while budget > 0, preemptions == preemptionsBefore, running.count < limits.maximumRunning,
            let next = waiting.first
        {
            let count = min(next.wanted, budget)
            // Newcomers leave each running sequence a block to grow into, so that they are not put back at once.
            guard BlockPool.blocks(forTokens: count) + running.count <= pool.freeCount else { break }
            running.append(waiting.removeFirst())
            _ = grow(runningAt: running.count - 1, to: count)
            schedule(running[running.count - 1], count: count)
            budget -= count
        }
    }

    private mutating func schedule(_ entry: Entry, count: Int) {
        chunks.append(
            ScheduledChunk(
                sequence: entry.id, start: entry.computed, count: count,
                drawsToken: entry.computed + count == entry.wanted))
    }

    /// Gives `running[index]` blocks for `tokens` tokens, preempting from the end. False when it was itself preempted.
    private mutating func grow(runningAt index: Int, to tokens: Int) -> Bool {
        while running[index].blocks.count < BlockPool.blocks(forTokens: tokens) {
            if let block = pool.allocate() {
                running[index].blocks.append(block)
                continue
            }
            var victim = running.removeLast()
            Self.release(&victim.blocks, to: &pool)
            victim.computed = 0
            waiting.insert(victim, at: 0)
            preemptions += 1
            if running.count == index { return false }
        }
        return true
    }

    private static func release(_ blocks: inout [BlockID], to pool: inout BlockPool) {
        for block in blocks.reversed() { pool.release(block) }
        blocks.removeAll(keepingCapacity: true)
    }

    /// Records that the chunks of the plan were computed.
    package mutating func complete() {
        for chunk in chunks {
            guard let index = running.firstIndex(where: { $0.id == chunk.sequence }) else { continue }
            running[index].computed = chunk.start + chunk.count
        }
    }

    /// Records that a token was drawn for a running sequence.
    package mutating func append(to id: SequenceID) {
        guard let index = running.firstIndex(where: { $0.id == id }) else { return }
        running[index].wanted += 1
    }

    /// Forgets a sequence, finished or cancelled, in whatever state it is.
    package mutating func remove(_ id: SequenceID) {
        if let index = running.firstIndex(where: { $0.id == id }) {
            Self.release(&running[index].blocks, to: &pool)
            running.remove(at: index)
        } else if let index = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: index)
        }
    }

    /// Calls `body` with the blocks of a running sequence, in the order of its tokens.
    package func withBlocks<R>(of id: SequenceID, _ body: (UnsafeBufferPointer<BlockID>) -> R) -> R? {
        guard let index = running.firstIndex(where: { $0.id == id }) else { return nil }
        return running[index].blocks.withUnsafeBufferPointer(body)
    }
}
