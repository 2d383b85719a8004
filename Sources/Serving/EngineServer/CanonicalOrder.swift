package import Engine

/// Puts the events of several choices into an order that depends on their tokens alone: by the token's place in its
/// answer, then by the choice.
///
/// Engines draw for several choices in whatever order suits them. A stream that another engine can continue to the byte
/// needs an order of its own, so a choice that lags holds the later ones back. At most one answer's tokens wait here.
package struct CanonicalOrder: Sendable {
    private struct Choice {
        /// Tokens that were given out, here or before the answer was resumed.
        var tokens: Int
        var isFinished: Bool
        /// Whether nothing came yet, so that the first event may be the end that belongs to the last old token.
        var mayEndFirst: Bool
        /// The first `taken` of them are gone; moving the others up each time would cost a slow choice dearly.
        private var events: [GenerationEvent] = []
        private var taken = 0

        init(_ resumed: ResumedChoice) {
            tokens = resumed.tokens.count
            isFinished = resumed.isFinished
            mayEndFirst = !resumed.tokens.isEmpty
        }

        var first: GenerationEvent? { taken < events.count ? events[taken] : nil }

        /// The place of the next event; while there is none, the first place that it may turn out to have.
        var place: Int {
            guard mayEndFirst, first?.tokens.isEmpty ?? true else { return tokens }
            return tokens - 1
        }

        mutating func add(_ event: GenerationEvent) { events.append(event) }

        mutating func take() -> GenerationEvent? {
            guard let event = first else { return nil }
            taken += 1
            if taken == events.count {
                events.removeAll(keepingCapacity: true)
                taken = 0
            }
            tokens += event.tokens.count
            mayEndFirst = false
            isFinished = event.finish != nil
            return event
        }
    }

    private var choices: [Choice]
    /// Events that were added and not taken.
    private var waitingCount = 0

    /// - Parameter resumed: the first choices' state; the others start from nothing.
    package init(choices count: Int, resumed: [ResumedChoice] = []) {
        choices = (0..<count).map { index in
            Choice(resumed.indices.contains(index) ? resumed[index] : ResumedChoice())
        }
    }

    package var isFinished: Bool { choices.allSatisfy(\.isFinished) }

    package mutating func add(_ event: GenerationEvent) {
        choices[event.choice].add(event)
        waitingCount += 1
    }

    /// The next event in order; nil when it is not here yet.
    package mutating func next() -> GenerationEvent? {
        guard waitingCount > 0 else { return nil }
        var first: Int?
        for index in choices.indices where !choices[index].isFinished {
            guard let best = first else {
                first = index
                continue
            }
            if choices[index].place < choices[best].place { first = index }
        }
        guard let first, let event = choices[first].take() else { return nil }
        waitingCount -= 1
        return event
    }
}
