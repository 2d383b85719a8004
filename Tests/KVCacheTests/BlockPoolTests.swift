import KVCache
import Testing
import Tokenization

@Suite("Block pool")
struct BlockPoolTests {
    private let root = PrefixRoot(digest: [1])

    private func tokens(_ kinds: Int...) -> [TokenID] {
        kinds.flatMap { kind in (0..<32).map { TokenID(100 * kind + $0) } }
    }

    /// Computes a prompt into fresh blocks, enters them into the cache, and returns them.
    private func fill(_ pool: inout BlockPool, _ tokens: [TokenID], root: PrefixRoot? = nil) throws -> [BlockID] {
        var blocks: [BlockID] = []
        for place in 0..<tokens.count / 32 {
            let free = pool.allocate()
            let block = try #require(free)
            let kept = pool.commit(
                block, tokens.span, from: place * 32, behind: blocks.last, root: root ?? self.root)
            blocks.append(kept)
        }
        return blocks
    }

    private func release(_ pool: inout BlockPool, _ blocks: [BlockID]) {
        for block in blocks.reversed() { pool.release(block) }
    }

    private func hits(_ pool: BlockPool, _ tokens: [TokenID], root: PrefixRoot? = nil) -> Int {
        pool.longestPrefix(of: tokens.span, root: root ?? self.root, limit: tokens.count / 32).blockCount
    }

    @Test("a prompt finds what another with the same beginning has computed, up to where they differ")
    func sharing() throws {
        var pool = BlockPool(blockCount: 8)
        let blocks = try fill(&pool, tokens(1, 2, 3))
        var taken: [BlockID] = []
        let match = pool.longestPrefix(of: tokens(1, 2, 4).span, root: root, limit: 3)
        #expect(match.blockCount == 2 && match.tokenCount == 64)
        pool.take(match, into: &taken)
        #expect(taken == Array(blocks[..<2]))
        #expect(pool.violation(held: blocks + taken) == nil)
        release(&pool, blocks)
        #expect(pool.usedCount == 2 && pool.cachedCount == 3)
        release(&pool, taken)
        #expect(pool.usedCount == 0 && pool.freeCount == 8)
        #expect(hits(pool, tokens(1, 2, 3)) == 3, "free blocks stay in the cache")
    }

    @Test("equal tokens in another place or under another root are another block")
    func identity() throws {
        var pool = BlockPool(blockCount: 8)
        _ = try fill(&pool, tokens(1, 1, 2))
        #expect(hits(pool, tokens(1, 1, 1)) == 2)
        #expect(hits(pool, tokens(2)) == 0)
        #expect(hits(pool, tokens(1, 2)) == 1)
        #expect(hits(pool, tokens(1, 1, 2), root: PrefixRoot(digest: [2])) == 0)
    }

    @Test("roots differ when any byte of their digests does")
    func roots() {
        let digest = (0..<32).map { UInt8($0) }
        let roots = (0..<32).map { place in
            var other = digest
            other[place] ^= 0x80
            return PrefixRoot(digest: other)
        }
        #expect(Set(roots + [PrefixRoot(digest: digest)]).count == 33)
    }

    @Test("what holds nothing of use is handed out first, then the end of the prompt that was longest unused")
    func order() throws {
        var pool = BlockPool(blockCount: 6)
        let old = try fill(&pool, tokens(1, 2)), new = try fill(&pool, tokens(3, 4))
        let allocated = pool.allocate()
        let plain = try #require(allocated)
        release(&pool, old)
        release(&pool, new)
        pool.release(plain)
        let untouched = BlockID(rawValue: 5)
        let order = (0..<6).map { _ in pool.allocate() }
        #expect(order == [plain, untouched, old[1], old[0], new[1], new[0]])
        let none = pool.allocate()
        #expect(none == nil && pool.cachedCount == 0)
    }

    @Test("a hit makes a prompt the last to be forgotten")
    func touch() throws {
        var pool = BlockPool(blockCount: 4)
        let first = try fill(&pool, tokens(1, 2)), second = try fill(&pool, tokens(3, 4))
        release(&pool, first)
        release(&pool, second)
        var taken: [BlockID] = []
        pool.take(pool.longestPrefix(of: tokens(1, 2).span, root: root, limit: 2), into: &taken)
        #expect(pool.freeCount == 2)
        release(&pool, taken)
        _ = [pool.allocate(), pool.allocate()]
        #expect(hits(pool, tokens(1, 2)) == 2 && hits(pool, tokens(3, 4)) == 0)
    }

    @Test("who computed what is there already goes on with the block that is there")
    func exchange() throws {
        var pool = BlockPool(blockCount: 4)
        let first = try fill(&pool, tokens(1)), second = try fill(&pool, tokens(1))
        #expect(first == second && pool.usedCount == 1)
        #expect(pool.violation(held: first + second) == nil)
    }

    @Test("an old answer about a block that has become another is not believed")
    func staleMatch() throws {
        var pool = BlockPool(blockCount: 2)
        release(&pool, try fill(&pool, tokens(1, 2)))
        let match = pool.longestPrefix(of: tokens(1, 2).span, root: root, limit: 2)
        release(&pool, try fill(&pool, tokens(5, 6)))
        #expect(pool.longestPrefix(of: tokens(1, 2).span, root: root, limit: 2, known: match).blockCount == 0)
    }

    @Test("without the cache nothing is found, and the last freed block is the next one")
    func off() throws {
        var pool = BlockPool(blockCount: 3, cachesPrefixes: false)
        let blocks = try fill(&pool, tokens(1, 2))
        release(&pool, blocks)
        #expect(hits(pool, tokens(1, 2)) == 0 && pool.cachedCount == 0)
        let block = pool.allocate()
        #expect(block == blocks[0])
        #expect(pool.violation(held: [blocks[0]]) == nil)
    }

    @Test("a broken book is noticed")
    func violations() throws {
        var pool = BlockPool(blockCount: 3)
        let blocks = try fill(&pool, tokens(1, 2))
        #expect(pool.violation(held: []) != nil)
        #expect(pool.violation(held: blocks + [blocks[0]]) != nil)
        pool.release(blocks[0])
        #expect(pool.violation(held: [blocks[1]]) != nil, "a parent is free before its child")
    }
}
