import KVCache
import Scheduling
import TestSupport
import Testing

@Suite("Scheduler")
struct SchedulerTests {
    private func scheduler(running: Int = 4, budget: ClosedRange<Int> = 64...64, blocks: Int = 64, context: Int = 512)
        -> Scheduler
    {
        Scheduler(
            limits: SchedulerLimits(maximumRunning: running, promptBudget: budget, contextLength: context),
            pool: BlockPool(blockCount: blocks))
    }

    private func id(_ number: Int) -> SequenceID { SequenceID(rawValue: number) }

    /// Computes the plan and draws a token wherever one is due.
    private func compute(_ scheduler: inout Scheduler) {
        scheduler.complete()
        for chunk in scheduler.chunks where chunk.drawsToken { scheduler.append(to: chunk.sequence) }
    }

    @Test("a long prompt is read in chunks of the budget and draws after its last one")
    func chunks() {
        var scheduler = scheduler()
        scheduler.add(id(1), tokens: 150)
        var seen: [ScheduledChunk] = []
        for _ in 0..<4 {
            scheduler.plan()
            seen += scheduler.chunks
            compute(&scheduler)
        }
        #expect(
            seen == [
                ScheduledChunk(sequence: id(1), start: 0, count: 64, drawsToken: false),
                ScheduledChunk(sequence: id(1), start: 64, count: 64, drawsToken: false),
                ScheduledChunk(sequence: id(1), start: 128, count: 22, drawsToken: true),
                ScheduledChunk(sequence: id(1), start: 150, count: 1, drawsToken: true),
            ])
    }

    @Test("only a prompt that is longer than a step is cut")
    func wholePrompts() {
        var scheduler = scheduler(running: 8)
        for (number, tokens) in [40, 30, 30, 100].enumerated() { scheduler.add(id(number), tokens: tokens) }
        var prompts: [[Int]] = []
        while scheduler.waitingCount > 0 {
            scheduler.plan()
            prompts.append(scheduler.chunks.map(\.count).filter { $0 > 1 })
            compute(&scheduler)
        }
        #expect(prompts == [[40], [30, 30, 4]])
    }

    @Test("decoding sequences take nothing of the budget of prompts")
    func decodesFirst() {
        var scheduler = scheduler()
        scheduler.add(id(1), tokens: 10)
        scheduler.plan()
        compute(&scheduler)
        scheduler.add(id(2), tokens: 200)
        scheduler.plan()
        #expect(scheduler.chunks.map(\.sequence) == [id(1), id(2)])
        #expect(scheduler.chunks.map(\.count) == [1, 64])
    }

    @Test("who decodes goes on while older prompts take the whole budget")
    func decodesBesidePrompts() {
        var scheduler = scheduler()
        scheduler.add(id(1), tokens: 200)
        scheduler.add(id(2), tokens: 10)
        for _ in 0..<4 {
            scheduler.plan()
            compute(&scheduler)
        }
        scheduler.add(id(3), tokens: 100)
        scheduler.add(id(4), tokens: 100)
        scheduler.plan()
        #expect(scheduler.chunks.map(\.sequence) == [id(1), id(2), id(3)])
        #expect(scheduler.chunks.map(\.count) == [1, 1, 64])
        compute(&scheduler)
        scheduler.plan()
        #expect(scheduler.chunks.map(\.sequence) == [id(1), id(2), id(3), id(4)])
        #expect(scheduler.chunks.map(\.count) == [1, 1, 36, 28])
    }

    @Test("a step reads as much of a prompt as it may beside answers, and the most where nobody waits")
    func budgetBesideAnswers() {
        var scheduler = scheduler(budget: 16...128)
        scheduler.add(id(1), tokens: 200)
        for count in [128, 72] {
            scheduler.plan()
            #expect(scheduler.chunks.map(\.count) == [count])
            compute(&scheduler)
        }
        scheduler.add(id(2), tokens: 256)
        for (allowed, count) in [(50, 50), (1000, 128), (3, 16), (60, 60), (60, 2)] {
            scheduler.promptsBesideAnswers = allowed
            scheduler.plan()
            #expect(scheduler.chunks.map(\.count) == [1, count])
            compute(&scheduler)
        }
    }

    @Test("when blocks run out the youngest is put back to the front of the queue")
    func preemption() {
        var scheduler = scheduler(blocks: 16)
        for number in 1...3 { scheduler.add(id(number), tokens: 32 * 4) }
        scheduler.add(id(9), tokens: 1)
        var preempted = false
        for _ in 0..<200 {
            scheduler.plan()
            if scheduler.preemptions > 0 && !preempted {
                preempted = true
                #expect(scheduler.chunks.first?.sequence == id(1))
                #expect(!scheduler.chunks.contains { $0.sequence == id(9) })
            }
            compute(&scheduler)
            #expect(scheduler.violation == nil)
            if scheduler.chunks.contains(where: { $0.sequence == id(1) && $0.start == 400 }) { scheduler.remove(id(1)) }
        }
        #expect(preempted)
    }

    @Test("no more sequences run than allowed, in the order of their arrival")
    func maximumRunning() {
        var scheduler = scheduler(running: 2)
        for number in 1...3 { scheduler.add(id(number), tokens: 5) }
        scheduler.plan()
        #expect(scheduler.chunks.map(\.sequence) == [id(1), id(2)])
        scheduler.remove(id(1))
        scheduler.plan()
        #expect(scheduler.chunks.map(\.sequence) == [id(2), id(3)])
    }

    @Test("random arrivals, endings and cancellations: everything finishes and nothing leaks")
    func randomSchedules() {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let context = 32 * Int.random(in: 1...8, using: &generator)
            var scheduler = scheduler(
                running: Int.random(in: 1...6, using: &generator),
                budget: 6...Int.random(in: 6...100, using: &generator),
                blocks: context / 32 + Int.random(in: 0...10, using: &generator), context: context)
            var remaining: [SequenceID: Int] = [:]
            var next = 0
            for step in 0..<4000 {
                if next < 20 && Int.random(in: 0..<4, using: &generator) == 0 {
                    let prompt = Int.random(in: 1..<context, using: &generator)
                    remaining[id(next)] = Int.random(in: 1...context - prompt, using: &generator)
                    scheduler.add(id(next), tokens: prompt)
                    next += 1
                }
                if let victim = remaining.keys.sorted(by: { $0.rawValue < $1.rawValue }).first,
                    Int.random(in: 0..<97, using: &generator) == 0
                {
                    scheduler.remove(victim)
                    remaining[victim] = nil
                }
                scheduler.plan()
                #expect(scheduler.violation == nil, "seed \(seed), step \(step)")
                scheduler.complete()
                for chunk in scheduler.chunks where chunk.drawsToken {
                    remaining[chunk.sequence, default: 0] -= 1
                    if remaining[chunk.sequence] == 0 {
                        scheduler.remove(chunk.sequence)
                        remaining[chunk.sequence] = nil
                    } else {
                        scheduler.append(to: chunk.sequence)
                    }
                }
                if next == 20 && remaining.isEmpty { break }
            }
            #expect(remaining.isEmpty, "seed \(seed): \(remaining.count) never finished")
            #expect(scheduler.pool.usedCount == 0, "seed \(seed)")
        }
    }
}
