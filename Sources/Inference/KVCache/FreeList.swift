/// The free blocks in the order of their use: a doubly linked list inside two tables, so that a block in its middle,
/// which a prefix hit wants back, leaves at once. Allocates nothing after `init`.
struct FreeList: Sendable {
    private static let outside: Int32 = -1

    // Indexed by block; the last element is the sentinel, which stands before the first and behind the last block.
    private var next: [Int32]
    private var previous: [Int32]
    private let sentinel: Int32
    private(set) var count: Int

    /// All of `blockCount` blocks, in ascending order.
    init(blockCount: Int) {
        sentinel = Int32(blockCount)
        count = blockCount
        next = (0...Int32(blockCount)).map { $0 == blockCount ? 0 : $0 + 1 }
        previous = (0...Int32(blockCount)).map { $0 == 0 ? Int32(blockCount) : $0 - 1 }
    }

    func contains(_ block: BlockID) -> Bool { next[block.place] != Self.outside }

    mutating func popFirst() -> BlockID? {
        let first = BlockID(rawValue: next[Int(sentinel)])
        guard first.rawValue != sentinel else { return nil }
        remove(first)
        return first
    }

    mutating func pushFirst(_ block: BlockID) { insert(block, after: sentinel) }

    mutating func pushLast(_ block: BlockID) { insert(block, after: previous[Int(sentinel)]) }

    mutating func remove(_ block: BlockID) {
        let before = previous[block.place], behind = next[block.place]
        next[Int(before)] = behind
        previous[Int(behind)] = before
        next[block.place] = Self.outside
        previous[block.place] = Self.outside
        count -= 1
    }

    private mutating func insert(_ block: BlockID, after before: Int32) {
        let behind = next[Int(before)]
        next[block.place] = behind
        previous[block.place] = before
        next[Int(before)] = block.rawValue
        previous[Int(behind)] = block.rawValue
        count += 1
    }

    /// The blocks from the next one to hand out to the last; nil when the links are broken.
    var blocks: [BlockID]? {
        var blocks: [BlockID] = []
        var place = next[Int(sentinel)], before = sentinel
        while place != sentinel {
            guard place != Self.outside, previous[Int(place)] == before, blocks.count < count else { return nil }
            blocks.append(BlockID(rawValue: place))
            before = place
            place = next[Int(place)]
        }
        return blocks.count == count ? blocks : nil
    }
}
