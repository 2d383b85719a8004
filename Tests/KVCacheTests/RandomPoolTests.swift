import KVCache
import TestSupport
import Testing
import Tokenization

/// A pool and its model, which are made to do the same things and must show the same.
private struct Pair {
    /// Somebody who holds blocks.
    struct Holder {
        var root: PrefixRoot
        var tokens: [TokenID]
        var blocks: [BlockID] = []
        var committed = 0
    }

    var pool: BlockPool
    var model: PoolModel
    var holders: [Holder] = []

    init(blockCount: Int) {
        pool = BlockPool(blockCount: blockCount)
        model = PoolModel(blockCount: blockCount)
    }

    mutating func enter(_ root: PrefixRoot, _ tokens: [TokenID], limit: Int, known: PrefixMatch) -> PrefixMatch {
        let match = pool.longestPrefix(of: tokens.span, root: root, limit: limit, known: known)
        let expected = model.prefix(of: tokens, root: root, limit: limit)
        #expect(match.blockCount == expected.count)
        #expect(pool.freeBlocks(in: match) == expected.count { model.free.contains($0) })
        var holder = Holder(root: root, tokens: tokens)
        pool.take(match, into: &holder.blocks)
        #expect(holder.blocks == expected)
        for block in expected { model.take(block) }
        holder.committed = expected.count
        holders.append(holder)
        return match
    }

    mutating func grow(_ index: Int) {
        guard holders[index].blocks.count * 32 < holders[index].tokens.count else { return }
        let block = pool.allocate()
        #expect(block == model.allocate())
        if let block { holders[index].blocks.append(block) }
    }

    mutating func commit(_ index: Int) {
        let holder = holders[index], place = holder.committed
        guard place < holder.blocks.count, (place + 1) * 32 <= holder.tokens.count else { return }
        let block = pool.commit(
            holder.blocks[place], holder.tokens.span, from: place * 32,
            behind: place == 0 ? nil : holder.blocks[place - 1], root: holder.root)
        let expected = model.commit(
            holder.blocks[place],
            PoolModel.Beginning(root: holder.root, tokens: Array(holder.tokens.prefix((place + 1) * 32))))
        #expect(block == expected)
        holders[index].blocks[place] = block
        holders[index].committed += 1
    }

    mutating func leave(_ index: Int) {
        for block in holders.remove(at: index).blocks.reversed() {
            pool.release(block)
            model.release(block)
        }
    }
}

@Suite("Block pool, at random")
struct RandomPoolTests {
    /// A prompt of blocks of which there are few kinds, so that prompts begin alike.
    private func prompt(_ generator: inout SeededGenerator) -> [TokenID] {
        let blocks = (0..<Int.random(in: 1...5, using: &generator)).flatMap { _ in
            Array(repeating: TokenID(Int.random(in: 0..<2, using: &generator)), count: 32)
        }
        return Array(blocks.dropLast(Int.random(in: 0..<32, using: &generator)))
    }

    @Test("2,000 random schedules: hits, evictions and exchanged blocks are those of the model")
    func schedules() {
        for seed in 0..<2000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var pair = Pair(blockCount: Int.random(in: 1...24, using: &generator))
            let roots = (0..<3).map { PrefixRoot(digest: [UInt8($0)]) }
            var known: [[TokenID]: [PrefixRoot: PrefixMatch]] = [:]
            for step in 0..<60 {
                let index = pair.holders.indices.randomElement(using: &generator)
                switch (Int.random(in: 0..<10, using: &generator), index) {
                case (0...1, _), (_, nil):
                    let tokens = prompt(&generator), root = roots.randomElement(using: &generator) ?? roots[0]
                    let limit = Int.random(in: 0...5, using: &generator)
                    // What was known once, however long ago, must never mislead.
                    var old = known[tokens]?[root] ?? PrefixMatch()
                    if old.blockCount > limit { old = PrefixMatch() }
                    known[tokens, default: [:]][root] = pair.enter(
                        root, tokens, limit: min(limit, tokens.count / 32), known: old)
                case (2...4, .some(let index)): pair.grow(index)
                case (5...7, .some(let index)): pair.commit(index)
                case (_, .some(let index)): pair.leave(index)
                }
                let violation = pair.pool.violation(held: pair.holders.lazy.flatMap(\.blocks))
                #expect(violation == nil, "seed \(seed), step \(step)")
                #expect(pair.pool.freeCount == pair.model.free.count, "seed \(seed), step \(step)")
                #expect(pair.pool.cachedCount == pair.model.cached.count, "seed \(seed), step \(step)")
                if violation != nil { return }
            }
            while !pair.holders.isEmpty { pair.leave(0) }
            #expect(pair.pool.usedCount == 0, "seed \(seed)")
        }
    }
}
