extension ChatFormat {
    /// The frame of DeepSeek-R1 and the models distilled from it; bars and blocks are full-width characters.
    enum DeepSeek {
        static let bos = "<｜begin▁of▁sentence｜>"
        static let user = "<｜User｜>"
        static let assistant = "<｜Assistant｜>"
        static let end = "<｜end▁of▁sentence｜>"
        static let thoughtEnd = "</think>"
    }

    static func deepSeekR1(_ code: TemplateText) throws(TokenizerError) -> ChatFormat {
        let turn = "'\(DeepSeek.assistant)'+content+'\(DeepSeek.end)'"
        guard code.contains("'\(DeepSeek.user)'+message['content']"), code.contains(turn),
            code.contains("setcontent=content.split('\(DeepSeek.thoughtEnd)')[-1]"),
            code.statements.contains("setns.system_prompt=message['content']"),
            code.statements.contains("ns.system_prompt"), code.plainText.isEmpty
        else { throw unknown("it names \(DeepSeek.assistant), but does not write turns as DeepSeek-R1's does") }
        let openings = code.literals.compactMap { literal -> String? in
            let head = DeepSeek.assistant
            guard literal.hasPrefix(head), !literal.contains("tool") else { return nil }
            return String(literal.dropFirst(head.count))
        }
        // The turn's own head is one of them, with nothing behind it.
        let opening = openings.first { !$0.isEmpty } ?? ""
        // Answers are given out with it: none but a thought's belongs there.
        guard ["", "<think>\n"].contains(opening) else {
            throw unknown("it opens answers with \(opening.shortQuotation)")
        }
        return ChatFormat(
            family: .deepSeekR1, defaultSystem: nil, systemPreamble: nil, trimsContent: false,
            startsWithBOS: code.source.contains("bos_token"), alwaysPrompts: false, answerOpening: opening)
    }

    /// The conversation behind BOS. Of several system messages the last one counts, and earlier thoughts are left out.
    func appendDeepSeek(
        _ messages: [ChatMessage], _ ending: Ending, to frame: inout ChatFrame
    ) throws(TokenizerError) {
        frame.append(messages.last { $0.role == "system" }?.content ?? "")
        let turns = messages.filter { $0.role != "system" }
        for (place, message) in turns.enumerated() {
            guard message.role == "assistant" else {
                try frame.append(special: DeepSeek.user)
                frame.append(message.content)
                continue
            }
            try frame.append(special: DeepSeek.assistant)
            frame.append(Self.withoutThought(message.content))
            if ending == .openAnswer, place == turns.count - 1 { return }
            try frame.append(special: DeepSeek.end)
        }
        if ending == .generationPrompt {
            try frame.append(special: DeepSeek.assistant)
            frame.append(answerOpening)
        }
    }

    /// What stands behind the last end of a thought.
    private static func withoutThought(_ text: String) -> String {
        // By bytes: a combining character may follow.
        guard let end = text.utf8.ranges(of: DeepSeek.thoughtEnd.utf8).last else { return text }
        return String(text[end.upperBound...])
    }
}
