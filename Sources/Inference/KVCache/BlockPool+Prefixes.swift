package import Tokenization

/// How much of a prompt is in the cache: a number of blocks from its beginning, and the last of them.
///
/// It holds none of them. A pool takes it for what it was when it was made, and sees whether that still is.
package struct PrefixMatch: Sendable, Equatable {
    package fileprivate(set) var blockCount = 0
    fileprivate var last = BlockID(rawValue: -1)
    fileprivate var generation: UInt32 = 0

    package init() {}

    package var tokenCount: Int { blockCount * BlockPool.tokensPerBlock }

    /// The block behind which the prompt goes on; nil: the root.
    package var parent: BlockID? { blockCount == 0 ? nil : last }
}

extension BlockPool {
    /// The longest cached beginning of `tokens`, of at most `limit` blocks.
    ///
    /// - Parameter known: an earlier answer for the same tokens, from which the search goes on.
    package func longestPrefix(
        of tokens: Span<TokenID>, root: PrefixRoot, limit: Int, known: PrefixMatch = PrefixMatch()
    ) -> PrefixMatch {
        guard cachesPrefixes else { return PrefixMatch() }
        // While a block is cached, so are the blocks before it.
        var match = known
        if let last = known.parent, !index.contains(last) || index.generation(of: last) != known.generation {
            match = PrefixMatch()
        }
        while match.blockCount < limit,
            let block = index.find(tokens, from: match.tokenCount, behind: match.parent, root)
        {
            match.blockCount += 1
            match.last = block
            match.generation = index.generation(of: block)
        }
        return match
    }

    /// Blocks of a match that nobody holds: what is free less by taking it.
    package func freeBlocks(in match: PrefixMatch) -> Int {
        var count = 0
        var place = match.parent
        // Who holds a block holds those before it.
        while let block = place, holders[block.place] == 0 {
            count += 1
            place = index.parent(of: block)
        }
        return count
    }

    /// Makes the caller a holder of a match's blocks, appended to `blocks` in the order of their tokens.
    package mutating func take(_ match: PrefixMatch, into blocks: inout [BlockID]) {
        let start = blocks.count
        var place = match.parent
        while let block = place {
            retain(block)
            blocks.append(block)
            place = index.parent(of: block)
        }
        blocks[start...].reverse()
    }

    /// Enters a block into the cache, now that the keys and values of 32 of `tokens`, those from `start` on, are
    /// computed.
    ///
    /// - Parameter parent: the sequence's block before it, which is committed; nil for its first.
    /// - Returns: the block to go on with: where another already holds the same, that one in exchange for this.
    package mutating func commit(
        _ block: BlockID, _ tokens: Span<TokenID>, from start: Int, behind parent: BlockID?,
        root: PrefixRoot
    ) -> BlockID {
        guard cachesPrefixes else { return block }
        if let other = index.find(tokens, from: start, behind: parent, root) {
            retain(other)
            release(block)
            return other
        }
        index.insert(block, tokens, from: start, behind: parent, root)
        return block
    }
}
