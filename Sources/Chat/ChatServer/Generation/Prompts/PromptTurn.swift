import Conversations

/// A question with its answer, the unit in which history is left out.
struct PromptTurn {
    /// The oldest message of the turn.
    var start: String
    var question: String
    var answer: String?
    /// The answer as it is stored.
    var stored: Message?

    /// A branch as turns, oldest first. Thoughts are left out, answers without text too; questions that nobody answered
    /// are put together with the next one, because formats have questions and answers take turns.
    ///
    /// - Parameter keepsLast: the last message is an answer that is to go on: it stays as it is.
    static func turns(of branch: [Message], keepsLast: Bool) -> [PromptTurn] {
        var turns: [PromptTurn] = []
        for (place, message) in branch.enumerated() {
            let isLast = place == branch.count - 1
            switch message.role {
            case .user:
                if let last = turns.last, last.answer == nil {
                    turns[turns.count - 1].question = last.question + "\n\n" + message.content
                } else {
                    turns.append(PromptTurn(start: message.id, question: message.content))
                }
            case .assistant:
                let text = keepsLast && isLast ? message.content : Thinking.removed(from: message.content)
                guard !turns.isEmpty, text.contains(where: { !$0.isWhitespace }) else { continue }
                turns[turns.count - 1].answer = text
                turns[turns.count - 1].stored = message
            }
        }
        return turns
    }

    func estimated(by estimate: TokenEstimate) -> Int {
        var tokens = estimate.tokens(of: question) + TokenEstimate.frame
        if let answer { tokens += estimate.tokens(of: answer) + TokenEstimate.frame }
        return tokens
    }

    /// What the turn costs: the engine's own counts where two answers in a row have them, else a guess. A count that is
    /// far from the guess was made under another system prompt or with other turns, and does not count.
    static func costs(_ turns: [PromptTurn], system: Int, estimate: TokenEstimate) -> [Int] {
        var costs: [Int] = []
        // Prompt and answer of the turn before; the first one stands after the system prompt.
        var before: (total: Int, contextStart: String?)? = (system, nil)
        for turn in turns {
            let guess = turn.estimated(by: estimate)
            guard let stored = turn.stored, let usage = stored.usage, turn.answer == stored.content else {
                costs.append(guess)
                before = nil
                continue
            }
            let total = usage.prompt + usage.completion
            let exact = before.flatMap { $0.contextStart == stored.contextStart ? total - $0.total : nil }
            costs.append(exact.flatMap { guess / 3...guess * 3 + 64 ~= $0 ? $0 : nil } ?? guess)
            before = (total, stored.contextStart)
        }
        return costs
    }
}
