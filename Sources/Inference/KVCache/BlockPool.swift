/// Which blocks are free, who shares the others, and which tokens' keys and values they hold: book-keeping only.
///
/// A block is held by any number of sequences, and free when that number is 0. A full, computed block can be committed
/// to the prefix cache; it stays there when it becomes free, until it is handed out for something else. Free blocks
/// are handed out in this order: those that hold nothing of use, the last freed first, as it is the likeliest to be in
/// the processor's cache; then cached ones, the longest unused first. So cached blocks take room from nobody.
///
/// | | not committed | committed |
/// | --- | --- | --- |
/// | held | being filled; its one holder writes | only read, by any number of holders |
/// | free | handed out first | a hit takes it back, or it is handed out in its turn and forgotten |
///
/// Whoever holds a committed block holds its parents too, and gives its blocks back last first. So a block is always
/// handed out before its parent, and a chain never loses its beginning before its end.
///
/// Allocates no memory after `init`.
package struct BlockPool: Sendable {
    package static let tokensPerBlock = 32

    package let blockCount: Int
    package let cachesPrefixes: Bool
    var free: FreeList
    var holders: [Int32]
    var index: PrefixIndex

    package init(blockCount: Int, cachesPrefixes: Bool = true) {
        self.blockCount = blockCount
        self.cachesPrefixes = cachesPrefixes
        free = FreeList(blockCount: blockCount)
        holders = Array(repeating: 0, count: blockCount)
        index = PrefixIndex(blockCount: cachesPrefixes ? blockCount : 0)
    }

    /// Blocks that nobody holds, cached ones among them.
    package var freeCount: Int { free.count }
    /// Blocks that somebody holds.
    package var usedCount: Int { blockCount - free.count }
    /// Blocks in the prefix cache, held or free.
    package var cachedCount: Int { index.count }

    /// Blocks that hold `tokens` tokens.
    package static func blocks(forTokens tokens: Int) -> Int { (tokens + tokensPerBlock - 1) / tokensPerBlock }

    /// A block for the caller alone, or nil when all are held.
    package mutating func allocate() -> BlockID? {
        guard let block = free.popFirst() else { return nil }
        if cachesPrefixes { index.remove(block) }
        holders[block.place] = 1
        return block
    }

    /// Gives back a block, of a chain the last one first.
    package mutating func release(_ block: BlockID) {
        precondition(holders[block.place] > 0, "block \(block.rawValue) was released more often than taken")
        holders[block.place] -= 1
        guard holders[block.place] == 0 else { return }
        if cachesPrefixes && index.contains(block) { free.pushLast(block) } else { free.pushFirst(block) }
    }

    /// Makes the caller one more holder of a cached block.
    mutating func retain(_ block: BlockID) {
        if holders[block.place] == 0 { free.remove(block) }
        holders[block.place] += 1
    }
}
