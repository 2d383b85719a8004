import KVCache
import Scheduling
import TestSupport
import Testing
import Tokenization

@Suite("Scheduler with a prefix cache")
struct PrefixTests {
    private func id(_ number: Int) -> SequenceID { SequenceID(rawValue: number) }

    private func scheduler(running: Int = 16, budget: Int = 256, blocks: Int = 512, context: Int = 2048) -> Scheduler {
        Scheduler(
            limits: SchedulerLimits(maximumRunning: running, promptBudget: budget...budget, contextLength: context),
            pool: BlockPool(blockCount: blocks))
    }

    private func prompt(shared: Int, own: Int, _ number: Int) -> [TokenID] {
        (0..<shared).map { TokenID($0) } + (0..<own).map { TokenID(10_000 * number + $0) }
    }

    /// Runs until `count` tokens are drawn for every sequence; returns the tokens that were computed, and the steps
    /// until each sequence drew its first.
    private func run(_ scheduler: inout Scheduler, draws count: Int) -> (computed: Int, firstDraws: [SequenceID: Int]) {
        var computed = 0, step = 0
        var drawn: [SequenceID: Int] = [:], first: [SequenceID: Int] = [:]
        while step < 10_000 {
            scheduler.plan()
            guard !scheduler.chunks.isEmpty else { break }
            #expect(scheduler.violation == nil)
            computed += scheduler.chunks.reduce(0) { $0 + $1.count }
            step += 1
            scheduler.complete()
            for chunk in scheduler.chunks where chunk.drawsToken {
                if first[chunk.sequence] == nil { first[chunk.sequence] = step }
                drawn[chunk.sequence, default: 0] += 1
                if drawn[chunk.sequence] == count {
                    scheduler.remove(chunk.sequence)
                } else {
                    scheduler.append(TokenID(500 + drawn[chunk.sequence, default: 0]), to: chunk.sequence)
                }
            }
        }
        return (computed, first)
    }

    @Test("of 16 that arrive together with the same 1,000 tokens one computes them, and all draw soon after")
    func firstWave() {
        var scheduler = scheduler()
        for number in 1...16 { scheduler.add(id(number), tokens: prompt(shared: 1000, own: 20, number), root: .one) }
        let (computed, first) = run(&scheduler, draws: 2)
        // 31 whole blocks are shared; what follows them, and one decode each, is everybody's own.
        #expect(computed == 992 + 16 * (28 + 1))
        #expect(first.count == 16 && first.values.max() == 6, "\(first)")
        for number in 21...36 { scheduler.add(id(number), tokens: prompt(shared: 1000, own: 20, number), root: .one) }
        #expect(run(&scheduler, draws: 2).computed == 16 * (28 + 1))
    }

    @Test("who shares nothing passes those who are held back")
    func passing() {
        var scheduler = scheduler()
        for number in 1...3 { scheduler.add(id(number), tokens: prompt(shared: 96, own: 4, number), root: .one) }
        scheduler.add(id(4), tokens: prompt(shared: 0, own: 100, 4), root: .one)
        scheduler.plan()
        #expect(scheduler.chunks.map(\.sequence) == [id(1), id(4)])
        scheduler.complete()
        for number in [1, 4] { scheduler.append(7, to: id(number)) }
        scheduler.plan()
        #expect(scheduler.chunks.map(\.sequence) == [id(1), id(4), id(2), id(3)])
        #expect(scheduler.chunks.map(\.start) == [100, 100, 96, 96])
    }

    @Test("sequences of two roots share nothing and do not wait for each other")
    func roots() {
        var scheduler = scheduler()
        scheduler.add(id(1), tokens: prompt(shared: 100, own: 0, 1), root: .one)
        scheduler.add(id(2), tokens: prompt(shared: 100, own: 0, 2), root: PrefixRoot(digest: [2]))
        #expect(run(&scheduler, draws: 1).computed == 200)
    }

    @Test("of a prompt that is cached to its end the last block is computed again")
    func wholePrompt() {
        var scheduler = scheduler()
        scheduler.add(id(1), tokens: prompt(shared: 64, own: 0, 1), root: .one)
        #expect(run(&scheduler, draws: 1).computed == 64)
        scheduler.add(id(2), tokens: prompt(shared: 64, own: 0, 2), root: .one)
        #expect(run(&scheduler, draws: 1).computed == 32)
        scheduler.add(id(3), tokens: prompt(shared: 65, own: 0, 3), root: .one)
        #expect(run(&scheduler, draws: 1).computed == 1)
    }

    @Test("the next turn of a chat finds its answer's blocks, too")
    func nextTurn() {
        var scheduler = scheduler()
        scheduler.add(id(1), tokens: prompt(shared: 40, own: 0, 1), root: .one)
        #expect(run(&scheduler, draws: 60).computed == 40 + 59)
        let answer = (1..<60).map { TokenID(500 + $0) }
        scheduler.add(id(2), tokens: prompt(shared: 40, own: 0, 1) + answer + [9, 9, 9], root: .one)
        #expect(run(&scheduler, draws: 1).computed == 102 - 96)
    }

    @Test("a preempted sequence finds its own blocks again")
    func preempted() {
        var scheduler = scheduler(blocks: 8, context: 256)
        scheduler.add(id(1), tokens: prompt(shared: 0, own: 120, 1), root: .one)
        scheduler.add(id(2), tokens: prompt(shared: 0, own: 96, 2), root: .one)
        var computed = 0
        var starts: [Int] = []
        for _ in 0..<80 {
            scheduler.plan()
            starts += scheduler.chunks.filter { $0.sequence == id(2) && $0.count > 1 }.map(\.start)
            computed += scheduler.chunks.reduce(0) { $0 + $1.count }
            scheduler.complete()
            for chunk in scheduler.chunks where chunk.drawsToken {
                scheduler.append(TokenID(chunk.start), to: chunk.sequence)
            }
            if scheduler.preemptions == 1 { scheduler.remove(id(1)) }
        }
        #expect(scheduler.preemptions == 1)
        #expect(starts.count == 2 && starts[0] == 0 && starts[1] >= 64, "\(starts)")
    }

    @Test("each prompt of a chain waits for the one before it, one step for each block that it is spared")
    func chain() {
        var scheduler = scheduler()
        for number in 1...10 {
            scheduler.add(id(number), tokens: prompt(shared: 32 * number + 1, own: 0, 0), root: .one)
        }
        let (computed, first) = run(&scheduler, draws: 1)
        #expect(computed == 10 * 33)
        for number in 1...10 { #expect(first[id(number)] == number) }
    }

    @Test("1,000 random mixes: nobody reads what is not his, all finish, and when idle every block is free")
    func randomMixes() {
        for seed in 0..<1000 as Range<UInt64> {
            var mix = RandomMix(seed: seed)
            if let fault = mix.run() {
                Issue.record("seed \(seed): \(fault)")
                return
            }
        }
    }

    @Test("with the cache a mix computes no token more than without, and mostly fewer")
    func savings() {
        var with = 0, without = 0
        for seed in 0..<100 as Range<UInt64> {
            var on = RandomMix(seed: seed, cancels: false),
                off = RandomMix(seed: seed, cachesPrefixes: false, cancels: false)
            #expect(on.run() == nil && off.run() == nil)
            with += on.memory.computed
            without += off.memory.computed
        }
        #expect(with * 10 < without * 8, "\(with) of \(without)")
    }
}

extension PrefixRoot {
    static let one = PrefixRoot(digest: [1])
}
