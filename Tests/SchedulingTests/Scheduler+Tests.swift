import KVCache
import Scheduling
import Tokenization

extension Scheduler {
    static let root = PrefixRoot(digest: [1])

    /// A sequence whose tokens no other has.
    mutating func add(_ id: SequenceID, tokens count: Int) {
        add(id, tokens: (0..<count).map { TokenID(id.rawValue * 10_000 + $0) }, root: Self.root)
    }

    /// Draws a token that tells nothing.
    mutating func append(to id: SequenceID) { append(7, to: id) }
}
