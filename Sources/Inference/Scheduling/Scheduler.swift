package import KVCache
package import Tokenization

/// Decides which tokens of which sequences a step computes. Pure: it sees tokens' and blocks' numbers only.
///
/// There are no phases: every sequence has tokens that it wants and tokens that are computed, and a step spends its
/// budget first on running sequences, oldest first, and then on waiting ones (as vLLM's V1 scheduler does). That
/// covers prompts in chunks, decoding and recomputing with the same arithmetic. When blocks run out, the youngest
/// running sequence is put back to the front of the queue and later recomputed; the oldest is never disturbed, so all
/// finish as long as one sequence of full length fits the pool.
///
/// A sequence starts behind the blocks that the prefix cache has for it, and each block that it fills enters the cache
/// when it is computed. While a running sequence computes the very block that a waiting one misses next, the waiting
/// one is held back and others pass it: of many that arrive with the same beginning one computes it and all have it.
/// It is held for at most one step for each block that it could be spared, so nobody waits for ever.
///
/// | event | waiting | running |
/// | --- | --- | --- |
/// | `add` | enters at the end | |
/// | `plan` | the first leave, if blocks and budget allow | computes a chunk, or is preempted |
/// | `complete` | | `computed` advances by the chunk, full blocks enter the cache |
/// | `append` | | has one more token |
/// | `remove` | leaves | leaves, its blocks return |
package struct Scheduler: Sendable {
    package let limits: SchedulerLimits
    package private(set) var pool: BlockPool
    private(set) var running: [SequenceEntry] = []
    private(set) var waiting: [SequenceEntry] = []
    /// The plan that the last `plan()` made, in the order of the running sequences.
    package private(set) var chunks: [ScheduledChunk] = []
    package private(set) var preemptions = 0
    /// Tokens of prompts that a step may have while somebody decodes and waits for its end; within the limits.
    package var promptsBesideAnswers: Int {
        didSet {
            let bounds = limits.promptBudget
            promptsBesideAnswers = min(max(promptsBesideAnswers, bounds.lowerBound), bounds.upperBound)
        }
    }

    package init(limits: SchedulerLimits, pool: BlockPool) {
        precondition(
            pool.blockCount >= BlockPool.blocks(forTokens: limits.contextLength),
            "the pool must hold at least one sequence of full length")
        self.limits = limits
        self.pool = pool
        promptsBesideAnswers = limits.promptBudget.upperBound
        running.reserveCapacity(limits.maximumRunning + 1)
        chunks.reserveCapacity(limits.maximumRunning + 1)
    }

    package var runningCount: Int { running.count }
    package var waitingCount: Int { waiting.count }

    /// Queues a sequence of 1 ... `contextLength` tokens, which may share keys and values with those of the same root.
    ///
    /// Drawing allocates nothing where `tokens` has capacity for all that will be drawn.
    package mutating func add(_ id: SequenceID, tokens: consuming [TokenID], root: PrefixRoot) {
        precondition((1...limits.contextLength).contains(tokens.count), "\(tokens.count) tokens exceed the context")
        waiting.append(SequenceEntry(id: id, root: root, tokens: tokens, tokenLimit: limits.contextLength))
    }

    /// Makes the next step's plan in `chunks`; empty when nothing is left to do.
    package mutating func plan() {
        chunks.removeAll(keepingCapacity: true)
        let decodes = running.contains { $0.tokens.count - $0.computed == 1 }
        let largest = decodes ? promptsBesideAnswers : limits.promptBudget.upperBound
        var budget = largest
        let preemptionsBefore = preemptions

        var index = 0
        while index < running.count {
            let missing = running[index].tokens.count - running[index].computed
            let count = missing == 1 ? 1 : min(missing, budget)
            if count > 0 {
                guard grow(runningAt: index, to: running[index].computed + count) else { break }
                schedule(runningAt: index, count: count)
            }
            if missing > 1 { budget -= count }
            index += 1
        }
        // A pool that just ran out has no room for newcomers.
        if preemptions == preemptionsBefore && index == running.count { admit(budget, of: largest) }
    }

    private mutating func schedule(runningAt index: Int, count: Int) {
        let start = running[index].computed
        chunks.append(
            ScheduledChunk(
                sequence: running[index].id, start: start, count: count,
                drawsToken: start + count == running[index].tokens.count))
    }

    /// Lets waiting sequences join the step, in the order of their arrival but for those that are held back.
    ///
    /// A prompt that fits a step is not cut, but waits for the next. Were it cut, its rest would put off a part of the
    /// prompts that come with that step, and so on for as long as they come.
    private mutating func admit(_ budget: Int, of largest: Int) {
        var index = 0, budget = budget
        while budget > 0, running.count < limits.maximumRunning, index < min(waiting.count, Limits.candidates) {
            if isHeldBack(waitingAt: index) {
                index += 1
                continue
            }
            let match = waiting[index].match
            let missing = waiting[index].tokens.count - match.tokenCount, count = min(missing, budget)
            guard count == missing || missing > largest else { return }
            // Newcomers leave each running sequence a block to grow into, so that they are not put back at once.
            let fresh = BlockPool.blocks(forTokens: count)
            guard fresh + running.count + pool.freeBlocks(in: match) <= pool.freeCount else { return }
            running.append(waiting.remove(at: index))
            let place = running.count - 1
            pool.take(match, into: &running[place].blocks)
            running[place].computed = match.tokenCount
            running[place].committed = match.blockCount
            _ = grow(runningAt: place, to: match.tokenCount + count)
            schedule(runningAt: place, count: count)
            budget -= count
        }
    }

    /// Looks a waiting sequence up in the cache, and says whether it does better to wait for what is being computed.
    private mutating func isHeldBack(waitingAt index: Int) -> Bool {
        guard pool.cachesPrefixes else { return false }
        let sharable = waiting[index].sharableBlocks
        let tokens = waiting[index].tokens
        waiting[index].match = pool.longestPrefix(
            of: tokens.span, root: waiting[index].root, limit: sharable, known: waiting[index].match)
        guard waiting[index].match.blockCount < sharable, waiting[index].holds < sharable,
            running.indices.contains(where: { running[$0].isComputing(whatMisses: waiting[index]) })
        else { return false }
        waiting[index].holds += 1
        return true
    }

    /// Gives `running[index]` blocks for `tokens` tokens, preempting from the end. False when it was itself preempted.
    private mutating func grow(runningAt index: Int, to tokens: Int) -> Bool {
        while running[index].blocks.count < BlockPool.blocks(forTokens: tokens) {
            if let block = pool.allocate() {
                running[index].blocks.append(block)
                continue
            }
            var victim = running.removeLast()
            Self.release(&victim, to: &pool)
            waiting.insert(victim, at: 0)
            preemptions += 1
            if running.count == index { return false }
        }
        return true
    }

    private static func release(_ entry: inout SequenceEntry, to pool: inout BlockPool) {
        for block in entry.blocks.reversed() { pool.release(block) }
        entry.blocks.removeAll(keepingCapacity: true)
        entry.computed = 0
        entry.committed = 0
    }

    /// Records that the chunks of the plan were computed.
    package mutating func complete() {
        for (place, chunk) in chunks.enumerated() {
            guard let index = runningPlace(of: chunk.sequence, near: place) else { continue }
            running[index].computed = chunk.start + chunk.count
            commitFullBlocks(runningAt: index)
        }
    }

    private mutating func commitFullBlocks(runningAt index: Int) {
        guard pool.cachesPrefixes else { return }
        let tokens = running[index].tokens
        while running[index].committed < running[index].computed / BlockPool.tokensPerBlock {
            let place = running[index].committed
            running[index].blocks[place] = pool.commit(
                running[index].blocks[place], tokens.span, from: place * BlockPool.tokensPerBlock,
                behind: place == 0 ? nil : running[index].blocks[place - 1], root: running[index].root)
            running[index].committed += 1
        }
    }

    /// Records that a token was drawn for a running sequence.
    package mutating func append(_ token: TokenID, to id: SequenceID) {
        guard let index = runningPlace(of: id) else { return }
        running[index].tokens.append(token)
    }

    /// Forgets a sequence, finished or cancelled, in whatever state it is.
    package mutating func remove(_ id: SequenceID) {
        if let index = runningPlace(of: id) {
            Self.release(&running[index], to: &pool)
            running.remove(at: index)
        } else if let index = waiting.firstIndex(where: { $0.id == id }) {
            waiting.remove(at: index)
        }
    }

    /// Calls `body` with the tokens and the blocks of a running sequence, both in the order of the tokens.
    ///
    /// - Parameter chunk: the number of its chunk in the plan.
    package func withSequence<R>(
        ofChunk chunk: Int, _ body: (UnsafeBufferPointer<TokenID>, UnsafeBufferPointer<BlockID>) -> R
    ) -> R? {
        guard let index = runningPlace(of: chunks[chunk].sequence, near: chunk) else { return nil }
        return running[index].tokens.withUnsafeBufferPointer { tokens in
            running[index].blocks.withUnsafeBufferPointer { body(tokens, $0) }
        }
    }

    /// - Parameter guess: where it stood when the plan was made; it is there while nobody before it has left.
    private func runningPlace(of id: SequenceID, near guess: Int = 0) -> Int? {
        if guess < running.count && running[guess].id == id { return guess }
        return running.indices.first { running[$0].id == id }
    }
}
