/// The messages of a chat by who answers whom.
///
/// A question that was edited and an answer that was asked for again are siblings of the first; nothing is replaced.
package struct MessageTree: Sendable {
    private let messages: [String: Message]
    /// Older ones first; nil is the parent of beginnings.
    private let children: [String?: [String]]

    /// - Parameter messages: Of one chat, older siblings before younger ones.
    package init(_ messages: [Message]) {
        self.messages = Dictionary(messages.map { ($0.id, $0) }) { first, _ in first }
        children = Dictionary(grouping: messages, by: \.parent).mapValues { $0.map(\.id) }
    }

    /// From the beginning to `leaf`; empty: there is no such message.
    package func branch(endingAt leaf: String?) -> [Message] {
        var branch: [Message] = []
        var next = leaf
        while let id = next, let message = messages[id], branch.count < messages.count {
            branch.append(message)
            next = message.parent
        }
        return branch.reversed()
    }

    /// All that stand where the message stands, itself among them, older ones first.
    package func siblings(of id: String) -> [Message] {
        guard let message = messages[id] else { return [] }
        return (children[message.parent] ?? []).compactMap { messages[$0] }
    }

    /// Where the branch through a message ends when at each fork the youngest is followed.
    package func youngestLeaf(under id: String) -> String {
        var leaf = id
        for _ in 0..<messages.count {
            guard let next = children[leaf]?.last else { break }
            leaf = next
        }
        return leaf
    }

    /// Whether every message is reached from a beginning: no parent is missing, and none is its own ancestor.
    package var isWhole: Bool {
        var reached = 0
        var open = children[nil] ?? []
        while let id = open.popLast() {
            reached += 1
            open += children[id] ?? []
        }
        return reached == messages.count
    }
}
