extension ChatFormat {
    /// Recognises `template` (GGUF's `tokenizer.chat_template`, in the Jinja language).
    ///
    /// Templates are programs; we run none. One is accepted when it writes its turns by an expression that we know and
    /// does nothing else that shows without tools; any other is refused rather than rendered almost right.
    package init(template: String) throws(TokenizerError) {
        let code = TemplateText(template)
        self =
            code.source.contains(DeepSeek.assistant)
            ? try Self.deepSeekR1(code) : try Self.llama3OrChatML(code)
    }

    private static func llama3OrChatML(_ code: TemplateText) throws(TokenizerError) -> ChatFormat {
        for feature in ["<think>", "reasoning_content", "<|im_sep|>", "namespace("]
        where code.source.contains(feature) {
            throw unknown("it uses \(feature)")
        }
        if let text = code.plainText.first {
            throw unknown("it writes \(text.shortQuotation) outside of turns")
        }
        let startsWithBOS = code.source.contains("bos_token") || code.source.contains("<|begin_of_text|>")
        let alwaysPrompts = !code.source.contains("add_generation_prompt")
        let llama3Head = "'<|start_header_id|>'+message['role']+'<|end_header_id|>\\n\\n'+message['content']"
        let chatMLTurn = "'<|im_start|>'+message['role']+'\\n'+message['content']+'<|im_end|>"
        if code.contains(llama3Head + "|trim+'<|eot_id|>'") || code.contains(llama3Head + "+'<|eot_id|>'") {
            return ChatFormat(
                family: .llama3, defaultSystem: nil, systemPreamble: try llama31Preamble(code),
                trimsContent: code.contains(llama3Head + "|trim"), startsWithBOS: startsWithBOS,
                alwaysPrompts: alwaysPrompts, answerOpening: "")
        }
        if code.contains(chatMLTurn + "'+'\\n'") || code.contains(chatMLTurn + "\\n'") {
            guard !code.contains("|trim") else { throw unknown("it trims messages") }
            return ChatFormat(
                family: .chatML, defaultSystem: chatMLDefaultSystem(code), systemPreamble: nil, trimsContent: false,
                startsWithBOS: startsWithBOS, alwaysPrompts: alwaysPrompts, answerOpening: "")
        }
        throw unknown("it is neither Llama-3's, nor ChatML, nor DeepSeek-R1's")
    }

    /// The literal between `<|im_start|>system\n` and `<|im_end|>`, if there is one.
    private static func chatMLDefaultSystem(_ code: TemplateText) -> String? {
        let head = "<|im_start|>system\n"
        for literal in code.literals where literal.hasPrefix(head) {
            let rest = literal.dropFirst(head.count)
            if let end = rest.firstRange(of: "<|im_end|>") { return String(rest[..<end.lowerBound]) }
        }
        return nil
    }

    /// Llama 3.1's knowledge and date lines. The date is the template's own fixed one, so that the same conversation
    /// gives the same prompt every day.
    private static func llama31Preamble(_ code: TemplateText) throws(TokenizerError) -> String? {
        let mark = "Cutting Knowledge Date: "
        guard let knowledge = code.literals.first(where: { $0.hasPrefix(mark) }) else {
            if code.source.contains("date_string") { throw unknown("it writes a date in a way that we do not know") }
            return nil
        }
        guard let today = code.literals.first(where: { $0.hasPrefix("Today Date: ") }), knowledge.hasSuffix("\n"),
            let date = code.literal(assignedTo: "date_string")
        else {
            throw unknown("it writes a date in a way that we do not know")
        }
        return knowledge + today + date + "\n\n"
    }

    static func unknown(_ why: String) -> TokenizerError {
        TokenizerError(
            .unknownChatTemplate,
            "the checkpoint's chat template cannot be used: \(why); Llama-3's, ChatML and DeepSeek-R1's templates are "
                + "supported, and /v1/completions works without one")
    }
}
