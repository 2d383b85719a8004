/// The number of one block of the pool: 32 tokens' worth of keys and values of all layers.
package struct BlockID: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// Which blocks are free: book-keeping only, it holds no keys and no values.
///
/// Allocates no memory after `init`.
package struct BlockPool: Sendable {
    package static let tokensPerBlock = 32

    package let blockCount: Int
    /// Free blocks, the next one to hand out last: the most recently freed is the likeliest to be in the cache.
    private(set) var free: [BlockID]
    private(set) var isFree: [Bool]

    package init(blockCount: Int) {
        self.blockCount = blockCount
        free = (0..<blockCount).reversed().map { BlockID(rawValue: Int32($0)) }
        isFree = Array(repeating: true, count: blockCount)
    }

    package var freeCount: Int { free.count }
    package var usedCount: Int { blockCount - free.count }

    /// Blocks that hold `tokens` tokens.
    package static func blocks(forTokens tokens: Int) -> Int { (tokens + tokensPerBlock - 1) / tokensPerBlock }

    /// A block for the caller alone, or nil when none is left.
    package mutating func allocate() -> BlockID? {
        guard let block = free.popLast() else { return nil }
        isFree[Int(block.rawValue)] = false
        return block
    }

    /// Gives back a block that `allocate` handed out.
    package mutating func release(_ block: BlockID) {
        precondition(!isFree[Int(block.rawValue)], "block \(block.rawValue) was released twice")
        isFree[Int(block.rawValue)] = true
        free.append(block)
    }
}
