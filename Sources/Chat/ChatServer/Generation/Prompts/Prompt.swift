package import Conversations

/// What a model is given for one answer, with as much of the history as its context holds.
package struct Prompt: Sendable, Equatable {
    package var messages: [PromptMessage]
    /// The oldest message that is in it, if earlier ones were left out.
    package var contextStart: String?
    /// Guessed.
    package var tokens: Int
    /// There is older history that could be left out, too.
    package var canShrink: Bool
    /// The last message is an answer that is to go on.
    package var continuesLast: Bool
    /// Turns that were left out.
    private var dropped: Int

    /// All that a prompt is made of.
    package struct Source: Sendable {
        /// The open branch up to the question, or up to the answer that is to go on.
        package var branch: [Message]
        package var systemPrompt: String?
        package var variables: PromptVariables
        /// Tokens; nil: unknown, nothing is left out until the engine refuses.
        package var contextLength: Int?
        /// Tokens that are kept free for the answer.
        package var answerTokens: Int
        /// Where an earlier call of the same answer began.
        package var contextStart: String?

        package init(
            branch: [Message], systemPrompt: String?, variables: PromptVariables, contextLength: Int?,
            answerTokens: Int, contextStart: String? = nil
        ) {
            self.branch = branch
            self.systemPrompt = systemPrompt
            self.variables = variables
            self.contextLength = contextLength
            self.answerTokens = answerTokens
            self.contextStart = contextStart
        }
    }

    /// - Parameter refused: what the engine refused as too long: this one is shorter by a turn at least, and by a
    ///   quarter if there is as much to leave out.
    /// - Returns: nil when there is nothing that could be left out of the refused one, or no question.
    package init?(_ source: Source, after refused: Prompt? = nil) {
        if let refused, !refused.canShrink { return nil }
        let continues = source.branch.last.map { $0.role == .assistant && !$0.content.isEmpty } ?? false
        let turns = PromptTurn.turns(of: source.branch, keepsLast: continues)
        guard !turns.isEmpty else { return nil }
        let estimate = TokenEstimate(learningFrom: source.branch)
        let system = source.systemPrompt.map { source.variables.filled(into: $0) } ?? ""
        let systemTokens = system.isEmpty ? 0 : estimate.tokens(of: system) + TokenEstimate.frame
        let costs = PromptTurn.costs(turns, system: systemTokens, estimate: estimate)
        var total = costs.reduce(systemTokens + TokenEstimate.frame, +)
        var first = 0
        func drop(while isTooLong: () -> Bool) {
            while first < turns.count - 1, isTooLong() {
                total -= costs[first]
                first += 1
            }
        }
        if let refused {
            let most = refused.tokens * 3 / 4
            drop { first <= refused.dropped || total > most }
        } else if let start = source.contextStart.flatMap({ id in turns.firstIndex { $0.start == id } }) {
            drop { first < start }
        } else if let length = source.contextLength {
            let room = length - min(source.answerTokens, length / 2)
            drop { total > room }
        }
        messages = system.isEmpty ? [] : [PromptMessage(.system, system)]
        for turn in turns[first...] {
            messages.append(PromptMessage(.user, turn.question))
            if let answer = turn.answer { messages.append(PromptMessage(.assistant, answer)) }
        }
        contextStart = first > 0 ? turns[first].start : nil
        tokens = total
        canShrink = first < turns.count - 1
        continuesLast = continues
        dropped = first
    }
}
