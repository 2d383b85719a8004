import KVCache
import Tokenization

/// What the scheduler knows of one sequence.
struct SequenceEntry: Sendable {
    let id: SequenceID
    /// Which sequences it may share keys and values with.
    let root: PrefixRoot
    /// Prompt and drawn tokens.
    var tokens: [TokenID]
    /// Tokens whose keys and values are in `blocks`.
    var computed = 0
    /// In the order of the tokens; none while it waits.
    var blocks: [BlockID] = []
    /// How many of `blocks` are in the prefix cache: from the first on, and full.
    var committed = 0
    /// While it waits: what the cache had when it was last looked at.
    var match = PrefixMatch()
    /// Steps for which it was held back.
    var holds = 0

    /// - Parameter tokenLimit: tokens that it will have at most.
    init(id: SequenceID, root: PrefixRoot, tokens: [TokenID], tokenLimit: Int) {
        self.id = id
        self.root = root
        self.tokens = tokens
        blocks.reserveCapacity(BlockPool.blocks(forTokens: tokenLimit))
    }

    /// Blocks that it can take from the cache: the last token is always computed, as the next one is drawn from it.
    var sharableBlocks: Int { (tokens.count - 1) / BlockPool.tokensPerBlock }

    /// Whether this running sequence is about to compute the first block that a waiting one misses.
    func isComputing(whatMisses waiting: SequenceEntry) -> Bool {
        let next = waiting.match.blockCount
        let start = waiting.match.tokenCount, end = start + BlockPool.tokensPerBlock
        guard committed == next, tokens.count >= end, root == waiting.root else { return false }
        guard next == 0 || blocks[next - 1] == waiting.match.parent else { return false }
        for place in start..<end where tokens[place] != waiting.tokens[place] { return false }
        return true
    }
}
