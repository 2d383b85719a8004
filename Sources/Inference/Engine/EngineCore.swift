import Glibc
import KVCache
package import Kernels
package import Models
import Sampling
package import Scheduling
package import Tokenization

/// The engine without its thread: sequences go in, `step` computes and draws, sinks receive.
///
/// The step is plan → forward pass → draw → hand out. A step of sequences that only decode allocates nothing. One
/// thread at a time may use it.
package final class EngineCore {
    package let contextLength: Int
    package private(set) var scheduler: Scheduler
    package private(set) var statistics = EngineStatistics()
    /// Sequences that finished, failed or were cancelled.
    package private(set) var finishedSequences = 0

    private let tokenizer: Tokenizer
    /// Logits of a token. The tokenizer comes from the same image, but is checked apart.
    private let vocabularySize: Int
    /// Names everything that decides which bits come out, apart from the request.
    let fingerprint: String
    private let forward: ForwardPass
    private let pool: WorkerPool
    /// In steps that read prompts.
    private var secondsPerToken: Double?
    private let arena = Arena()
    private let blocksPerSequence: Int
    /// For each chunk of a step, its sequence's block table.
    private let tables: UnsafeMutablePointer<Int32>  // [maximum running][blocks per sequence]
    private let draws: UnsafeMutableBufferPointer<Draw>  // [maximum running]
    private let samplers: UnsafeMutableBufferPointer<Sampler>  // [threads]
    private var sequences: [SequenceID: ActiveSequence] = [:]
    private var nextID = 0

    /// Reserves everything for the largest step. Throws when the machine's memory cannot hold the model.
    package init(weights: LlamaWeights, tokenizer: Tokenizer, configuration: EngineConfiguration) throws {
        let plan = try MemoryPlan(weights: weights, configuration: configuration)
        guard let kernels = configuration.instructionSet.kernels else {
            throw EngineError(
                .invalidParameter, "this processor has no \(configuration.instructionSet); leave --isa out")
        }
        let shape = weights.configuration
        guard tokenizer.vocabularySize <= shape.vocabularySize else {
            throw EngineError(
                .invalidParameter,
                "the tokenizer has \(tokenizer.vocabularySize) tokens, but the model \(shape.vocabularySize): the "
                    + "image is damaged; add the model again")
        }
        self.tokenizer = tokenizer
        vocabularySize = shape.vocabularySize
        fingerprint = weights.fingerprint(
            kvType: configuration.kvType, instructionSet: configuration.instructionSet)
        contextLength = plan.limits.contextLength
        blocksPerSequence = BlockPool.blocks(forTokens: plan.limits.contextLength)
        pool = WorkerPool(threads: plan.threads)
        forward = ForwardPass(
            weights: weights, store: try KVStore(blockCount: plan.blockCount, shape: shape, type: configuration.kvType),
            pool: pool, kernels: kernels, maximumTokens: plan.limits.stepTokens,
            maximumLogits: plan.limits.maximumRunning)
        scheduler = Scheduler(
            limits: plan.limits,
            pool: BlockPool(blockCount: plan.blockCount, cachesPrefixes: configuration.cachesPrefixes))
        scheduler.promptsBesideAnswers = plan.limits.promptBudget.lowerBound
        tables = arena.reserve(plan.limits.maximumRunning * blocksPerSequence, of: Int32.self)
        draws = .allocate(capacity: plan.limits.maximumRunning)
        draws.initialize(repeating: Draw())
        samplers = .allocate(capacity: pool.threadCount)
        for thread in 0..<pool.threadCount {
            samplers.initializeElement(at: thread, to: Sampler(vocabularySize: shape.vocabularySize, kernels: kernels))
        }
        statistics.totalBlocks = plan.blockCount
        statistics.tokensPerBlock = BlockPool.tokensPerBlock
        statistics.cachesPrefixes = configuration.cachesPrefixes
    }

    deinit {
        draws.deallocate()
        samplers.deinitialize()
        samplers.deallocate()
    }

    /// Bytes of one block of keys and values.
    package static func blockBytes(_ weights: LlamaWeights, type: KVType = .standard) -> Int {
        KVStore.blockBytes(weights.configuration, type: type)
    }

    package var isIdle: Bool { sequences.isEmpty }

    /// Queues every choice of a request that is not finished yet; `cancel` knows the request as `ticket`.
    package func add(_ request: GenerationRequest, ticket: Int, sink: any GenerationSink) {
        let limit = request.tokenLimit(contextLength: contextLength)
        let root = PrefixRoot(parts: [fingerprint, request.cacheSalt])
        for choice in 0..<request.choices {
            let resumed = request.resumed(choice)
            guard !resumed.isFinished else { continue }
            let now = Self.now()
            let sequence = ActiveSequence(
                ticket: ticket, choice: choice, request: request, tokenLimit: limit, tokenizer: tokenizer,
                vocabularySize: vocabularySize, sink: sink, now: now)
            if sequence.replay(resumed.tokens, now: now) {
                finishedSequences += 1
                continue
            }
            let id = SequenceID(rawValue: nextID)
            nextID += 1
            sequences[id] = sequence
            var tokens: [TokenID] = []
            tokens.reserveCapacity(request.prompt.count + limit)
            tokens += request.prompt
            tokens += resumed.tokens
            statistics.promptTokens += tokens.count
            scheduler.add(id, tokens: tokens, root: root)
        }
    }

    /// Forgets the rest of a request; what was drawn was handed out already.
    package func cancel(ticket: Int) {
        for (id, sequence) in sequences where sequence.ticket == ticket { remove(id) }
        recordState()
    }

    /// Ends every sequence with an error.
    package func failAll(_ error: EngineError) {
        for (id, sequence) in sequences {
            sequence.sink.fail(error)
            remove(id)
        }
        recordState()
    }

    private func remove(_ id: SequenceID) {
        sequences.removeValue(forKey: id)
        scheduler.remove(id)
        finishedSequences += 1
    }

    /// Computes one step; false when there was nothing to do.
    package func step() -> Bool {
        scheduler.plan()
        guard !scheduler.chunks.isEmpty else { return false }
        let start = Self.now()
        let drawCount = fillBatch(now: start)
        forward.run()
        scheduler.complete()
        if drawCount > 0, let draws = draws.baseAddress, let samplers = samplers.baseAddress {
            SamplingRegion(draws: draws, logits: forward.logits, stride: forward.logitStride, samplers: samplers)
                .dispatch(tasks: drawCount, on: pool)
            handOut(now: Self.now())
        }
        recordStep(seconds: Self.now() - start)
        return true
    }

    /// Writes the plan's tokens into the batch; returns the number of tokens to be drawn.
    private func fillBatch(now: Double) -> Int {
        var drawCount = 0
        forward.prepare { batch in
            for (index, chunk) in scheduler.chunks.enumerated() {
                guard let sequence = sequences[chunk.sequence] else { continue }
                let table = tables + index * blocksPerSequence
                scheduler.withSequence(ofChunk: index) { tokens, blocks in
                    for place in blocks.indices { table[place] = blocks[place].rawValue }
                    for position in chunk.start..<chunk.start + chunk.count {
                        batch.append(token: tokens[position].rawValue, position: position, table: table)
                    }
                    if sequence.markScheduled(from: chunk.start, now: now) {
                        statistics.prefixQueries += tokens.count
                        statistics.prefixHits += chunk.start
                    }
                }
                guard chunk.drawsToken else { continue }
                batch.wantLogits()
                draws[drawCount] = sequence.draw(position: chunk.start + chunk.count)
                drawCount += 1
            }
        }
        return drawCount
    }

    private func handOut(now: Double) {
        var place = 0
        for chunk in scheduler.chunks where chunk.drawsToken {
            let token = TokenID(rawValue: draws[place].token)
            place += 1
            guard let sequence = sequences[chunk.sequence] else { continue }
            statistics.generatedTokens += 1
            if sequence.append(token, now: now) {
                remove(chunk.sequence)
            } else {
                scheduler.append(token, to: chunk.sequence)
            }
        }
    }

    private func recordStep(seconds: Double) {
        var tokens = 0
        for chunk in scheduler.chunks { tokens += chunk.count }
        if tokens >= Limits.promptTokens.lowerBound {
            let latest = seconds / Double(tokens)
            let smoothed = secondsPerToken.map { $0 + 0.25 * (latest - $0) } ?? latest
            secondsPerToken = smoothed
            // A power of two: if it changed from step to step, prompts could come faster than they are read.
            let wanted = min(max(1, Limits.stepSeconds / smoothed), Double(Limits.largestStepTokens))
            scheduler.promptsBesideAnswers = 1 << Int(log2(wanted))
        }
        statistics.recordStep(tokens: tokens)
        recordState()
    }

    /// What runs and waits now; also after a cancellation, which no step may follow.
    private func recordState() {
        statistics.preemptions = scheduler.preemptions
        statistics.runningSequences = scheduler.runningCount
        statistics.waitingSequences = scheduler.waitingCount
        statistics.usedBlocks = scheduler.pool.usedCount
        statistics.cachedBlocks = scheduler.pool.cachedCount
    }

    /// Seconds on the monotonic clock.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
