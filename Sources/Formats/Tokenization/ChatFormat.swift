/// One message of a conversation.
package struct ChatMessage: Sendable, Equatable {
    /// "system", "user" or "assistant".
    package var role: String
    package var content: String

    package init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}

/// How a model wants a conversation written, detected from the checkpoint's template text.
///
/// The frame's tokens are put in by number and message text is never parsed for them, so that nobody can end a turn or
/// start a system message by writing `<|im_end|>`.
package struct ChatFormat: Sendable, Equatable {
    package enum Family: String, Sendable {
        /// `<|start_header_id|>ROLE<|end_header_id|>\n\nTEXT<|eot_id|>`
        case llama3
        /// `<|im_start|>ROLE\nTEXT<|im_end|>\n`
        case chatML
        /// `<｜User｜>TEXT<｜Assistant｜>TEXT<｜end▁of▁sentence｜>`, the system's text first
        case deepSeekR1
    }

    /// How a prompt ends.
    package enum Ending: Sendable, Equatable {
        /// With the head of the assistant's next turn.
        case generationPrompt
        /// With the last message's end.
        case closedTurn
        /// Inside the last message, an answer that is to go on (vLLM's and transformers' `continue_final_message`).
        case openAnswer
    }

    package let family: Family
    /// What takes a system message's place when the first message is none.
    let defaultSystem: String?
    /// What opens the system message, which is then always there (Llama 3.1 and later).
    let systemPreamble: String?
    let trimsContent: Bool
    let startsWithBOS: Bool
    /// Early templates open the assistant's turn whether asked to or not.
    let alwaysPrompts: Bool
    /// What follows the head of the turn that is to be written: nothing, or the opening of a thought, with which models
    /// that think aloud are made to start. It is the prompt's last text, and their answers' first.
    package let answerOpening: String

    /// Tokens that frame conversations in the formats that we know.
    static let frameTokens: Set<String> = [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>",
        "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", DeepSeek.bos, DeepSeek.user, DeepSeek.assistant, DeepSeek.end,
    ]

    /// The conversation as the template renders it, in tokens: starts with BOS if the template says so, so never add
    /// one.
    ///
    /// - Parameter ending: what stands behind the messages.
    package func encode(
        _ messages: [ChatMessage], ending: Ending = .generationPrompt, with tokenizer: Tokenizer
    ) throws(TokenizerError) -> [TokenID] {
        guard let first = messages.first else {
            throw TokenizerError(.invalidConversation, "the conversation has no messages; send at least one")
        }
        if ending == .openAnswer, messages.last?.role != "assistant" {
            throw TokenizerError(
                .invalidConversation, "only an answer can be continued: end the messages with one of the assistant")
        }
        if let stranger = messages.first(where: { !["system", "user", "assistant"].contains($0.role) }) {
            throw TokenizerError(
                .invalidConversation,
                "a message has the role \"\(stranger.role)\"; this model knows system, user and assistant")
        }
        var frame = ChatFrame(tokenizer)
        if startsWithBOS, let bos = tokenizer.bos ?? tokenizer.specialToken(spelled: "<|begin_of_text|>") {
            frame.append(bos)
        }
        if family == .deepSeekR1 {
            try appendDeepSeek(messages, ending, to: &frame)
            return frame.finished()
        }
        var turns = messages[...]
        if let systemPreamble {
            let isSystem = first.role == "system"
            if isSystem { turns = turns.dropFirst() }
            try appendTurn("system", systemPreamble + (isSystem ? text(of: first) : ""), to: &frame)
        } else if let defaultSystem, first.role != "system" {
            try appendTurn("system", defaultSystem, to: &frame)
        }
        for (place, message) in zip(turns.indices, turns) {
            if ending == .openAnswer, place == turns.endIndex - 1 {
                try appendHead(message.role, to: &frame)
                frame.append(text(of: message))
                return frame.finished()
            }
            try appendTurn(message.role, text(of: message), to: &frame)
        }
        if ending == .generationPrompt || alwaysPrompts { try appendHead("assistant", to: &frame) }
        return frame.finished()
    }

    private func text(of message: ChatMessage) -> String {
        trimsContent ? PythonText.stripped(message.content) : message.content
    }

    private func appendTurn(_ role: String, _ text: String, to frame: inout ChatFrame) throws(TokenizerError) {
        try appendHead(role, to: &frame)
        frame.append(text)
        switch family {
        case .llama3:
            try frame.append(special: "<|eot_id|>")
        case .chatML:
            try frame.append(special: "<|im_end|>")
            frame.append("\n")
        case .deepSeekR1:
            break  // has frames of its own
        }
    }

    private func appendHead(_ role: String, to frame: inout ChatFrame) throws(TokenizerError) {
        switch family {
        case .llama3:
            try frame.append(special: "<|start_header_id|>")
            frame.append(role)
            try frame.append(special: "<|end_header_id|>")
            frame.append("\n\n")
        case .chatML:
            try frame.append(special: "<|im_start|>")
            frame.append(role + "\n")
        case .deepSeekR1:
            break
        }
    }
}

/// Python's idea of text, which templates are written in.
enum PythonText {
    /// `str.strip()`: takes white space off both ends, to which Python counts U+001C ... U+001F.
    static func stripped(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
