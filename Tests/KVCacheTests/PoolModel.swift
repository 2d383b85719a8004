import KVCache
import Tokenization

/// What a pool with a prefix cache does, said in the plainest way: lists that are searched, and whole beginnings of
/// prompts as keys.
struct PoolModel {
    /// A root and all tokens from the beginning up to a block's end.
    struct Beginning: Hashable {
        var root: PrefixRoot
        var tokens: [TokenID]
    }

    /// The next one to hand out first.
    private(set) var free: [BlockID]
    private(set) var holders: [BlockID: Int] = [:]
    private(set) var cached: [BlockID: Beginning] = [:]

    init(blockCount: Int) { free = (0..<Int32(blockCount)).map { BlockID(rawValue: $0) } }

    mutating func allocate() -> BlockID? {
        guard !free.isEmpty else { return nil }
        let block = free.removeFirst()
        cached[block] = nil
        holders[block] = 1
        return block
    }

    mutating func release(_ block: BlockID) {
        holders[block, default: 0] -= 1
        guard holders[block] == 0 else { return }
        holders[block] = nil
        free.insert(block, at: cached[block] == nil ? 0 : free.count)
    }

    /// The blocks that a prompt finds, of which there are `limit` at most.
    func prefix(of tokens: [TokenID], root: PrefixRoot, limit: Int) -> [BlockID] {
        var blocks: [BlockID] = []
        while blocks.count < limit {
            let beginning = Beginning(root: root, tokens: Array(tokens.prefix(32 * (blocks.count + 1))))
            guard let block = block(with: beginning) else { break }
            blocks.append(block)
        }
        return blocks
    }

    mutating func take(_ block: BlockID) {
        free.removeAll { $0 == block }
        holders[block, default: 0] += 1
    }

    mutating func commit(_ block: BlockID, _ beginning: Beginning) -> BlockID {
        guard let other = self.block(with: beginning) else {
            cached[block] = beginning
            return block
        }
        take(other)
        release(block)
        return other
    }

    private func block(with beginning: Beginning) -> BlockID? { cached.first { $0.value == beginning }?.key }
}
