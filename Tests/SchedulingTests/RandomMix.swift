import KVCache
import Scheduling
import TestSupport
import Tokenization

/// A random load on a scheduler of random size: few kinds of prompts, several roots, answers that depend on the
/// prompt, cancellations, and requests that go on where another ended.
struct RandomMix {
    private struct Request {
        var root: Int
        var tokens: [TokenID]
        var remaining: Int
    }

    private(set) var memory: SimulatedMemory
    private var scheduler: Scheduler
    private var generator: SeededGenerator
    private let context: Int
    private let cancels: Bool
    private var open: [SequenceID: Request] = [:]
    private var finished: [Request] = []
    private var next = 0

    init(seed: UInt64, cachesPrefixes: Bool = true, cancels: Bool = true) {
        generator = SeededGenerator(seed: seed)
        self.cancels = cancels
        context = 32 * Int.random(in: 1...8, using: &generator)
        let blocks = context / 32 + Int.random(in: 0...16, using: &generator)
        scheduler = Scheduler(
            limits: SchedulerLimits(
                maximumRunning: Int.random(in: 1...8, using: &generator),
                promptBudget: 8...Int.random(in: 8...150, using: &generator), contextLength: context),
            pool: BlockPool(blockCount: blocks, cachesPrefixes: cachesPrefixes))
        memory = SimulatedMemory(blockCount: blocks)
    }

    /// Serves 20 requests; returns what went wrong.
    mutating func run() -> String? {
        for step in 0..<6000 {
            if next < 20 && (open.isEmpty || Int.random(in: 0..<3, using: &generator) == 0) { arrive() }
            if cancels && Int.random(in: 0..<60, using: &generator) == 0 { cancel() }
            scheduler.plan()
            if let violation = scheduler.violation { return "step \(step): \(violation)" }
            if scheduler.chunks.isEmpty && !open.isEmpty { return "step \(step): nothing runs" }
            if let fault = memory.compute(scheduler, roots: open.mapValues(\.root)) { return "step \(step): \(fault)" }
            scheduler.complete()
            if let violation = scheduler.violation { return "completed step \(step): \(violation)" }
            for chunk in scheduler.chunks where chunk.drawsToken { draw(chunk.sequence) }
            if next == 20 && open.isEmpty { return scheduler.pool.usedCount == 0 ? nil : "blocks are not back" }
        }
        return "\(open.count) never finish"
    }

    private mutating func arrive() {
        var tokens: [TokenID] = []
        if let old = finished.randomElement(using: &generator), Int.random(in: 0..<3, using: &generator) == 0 {
            tokens = old.tokens
        }
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let kind = Int.random(in: 0..<2, using: &generator)
            tokens += (0..<32).map { TokenID(kind * 100 + $0) }
        }
        tokens = Array(tokens.prefix(Int.random(in: 1..<context, using: &generator)))
        let request = Request(
            root: Int.random(in: 0..<2, using: &generator), tokens: tokens,
            remaining: Int.random(in: 1...context - tokens.count, using: &generator))
        let copies = Int.random(in: 1...3, using: &generator)
        for _ in 0..<copies {
            let id = SequenceID(rawValue: next)
            scheduler.add(id, tokens: tokens, root: PrefixRoot(digest: [UInt8(request.root)]))
            open[id] = request
            next += 1
            if next == 20 { break }
        }
    }

    private mutating func cancel() {
        guard let victim = open.keys.sorted(by: { $0.rawValue < $1.rawValue }).randomElement(using: &generator) else {
            return
        }
        scheduler.remove(victim)
        open[victim] = nil
    }

    /// Half of the answers are what any other to the same prompt would be.
    private mutating func draw(_ id: SequenceID) {
        guard var request = open[id] else { return }
        let token = TokenID(id.rawValue % 2 == 0 ? request.tokens.count : id.rawValue)
        request.tokens.append(token)
        request.remaining -= 1
        if request.remaining == 0 {
            scheduler.remove(id)
            open[id] = nil
            finished.append(request)
        } else {
            scheduler.append(token, to: id)
            open[id] = request
        }
    }
}
