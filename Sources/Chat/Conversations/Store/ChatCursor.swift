/// Where a page of the list of chats ends and the next begins.
///
/// Two numbers, because two chats may have changed in the same millisecond (after an import many have), and none may
/// be missed between two pages.
package struct ChatCursor: Sendable, Equatable, LosslessStringConvertible {
    package var updated: Int
    /// The chat's place in the order of their making; the page holds what is before both.
    package var number: Int

    package init(updated: Int, number: Int = 0) {
        self.updated = updated
        self.number = number
    }

    package init?(_ description: String) {
        let parts = description.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let updated = parts.first.flatMap({ Int($0) }) else { return nil }
        guard parts.count == 2 else {
            self.init(updated: updated)
            return
        }
        guard let number = Int(parts[1]) else { return nil }
        self.init(updated: updated, number: number)
    }

    package var description: String { "\(updated).\(number)" }
}
