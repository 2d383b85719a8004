/// Writes the chunks of one streamed answer as server-sent events.
///
/// All chunks of an answer share their beginning and end, so these are encoded once; per token only the text is
/// escaped between them. The caller owns the buffer and may gather several events in it before it writes them out.
package struct StreamEncoder: Sendable {
    package enum Style: Sendable {
        case chat
        case completion
    }

    package let style: Style
    /// `data: {"id":…,"choices":[`
    private let prefix: [UInt8]
    /// `]}` and the blank line, with `"usage":null` where the caller asked for usage, as OpenAI does it.
    private let suffix: [UInt8]

    package init(_ style: Style, head: ResponseHead, includesUsage: Bool) {
        self.style = style
        var prefix: [UInt8] = []
        prefix.append(literal: #"data: {"id":"#)
        prefix.append(jsonString: head.id)
        prefix.append(literal: #","object":"#)
        prefix.append(jsonString: style == .chat ? "chat.completion.chunk" : "text_completion")
        prefix.append(literal: #","created":"#)
        prefix.append(decimal: head.created)
        prefix.append(literal: #","model":"#)
        prefix.append(jsonString: head.model)
        prefix.append(literal: #","system_fingerprint":"#)
        prefix.append(jsonString: head.fingerprint)
        prefix.append(literal: #","choices":["#)
        self.prefix = prefix
        var suffix: [UInt8] = []
        suffix.append(literal: includesUsage ? "],\"usage\":null}\n\n" : "]}\n\n")
        self.suffix = suffix
    }

    /// The first chunk of a choice: the text with which it starts before any token and, in a chat, who speaks.
    package func appendStart(_ text: String, choice: Int, to buffer: inout [UInt8]) {
        guard style == .chat else { return appendText(text, choice: choice, to: &buffer) }
        open(choice, &buffer)
        buffer.append(literal: #","delta":{"role":"assistant","content":"#)
        buffer.append(jsonString: text)
        buffer.append(literal: #"},"logprobs":null,"finish_reason":null}"#)
        buffer.append(contentsOf: suffix)
    }

    package func appendText(_ text: String, choice: Int, to buffer: inout [UInt8]) {
        open(choice, &buffer)
        switch style {
        case .chat:
            buffer.append(literal: #","delta":{"content":"#)
            buffer.append(jsonString: text)
            buffer.append(literal: #"},"logprobs":null,"finish_reason":null}"#)
        case .completion:
            buffer.append(literal: #","text":"#)
            buffer.append(jsonString: text)
            buffer.append(literal: #","logprobs":null,"finish_reason":null}"#)
        }
        buffer.append(contentsOf: suffix)
    }

    /// The last chunk of a choice; `stopReason` is the stop string that matched (vLLM's extra).
    package func appendFinish(
        _ reason: FinishReason, stopReason: String?, choice: Int, to buffer: inout [UInt8]
    ) {
        open(choice, &buffer)
        switch style {
        case .chat: buffer.append(literal: #","delta":{},"logprobs":null,"finish_reason":"#)
        case .completion: buffer.append(literal: #","text":"","logprobs":null,"finish_reason":"#)
        }
        buffer.append(jsonString: reason.rawValue)
        buffer.append(literal: #","stop_reason":"#)
        if let stopReason { buffer.append(jsonString: stopReason) } else { buffer.append(literal: "null") }
        buffer.append(UInt8(ascii: "}"))
        buffer.append(contentsOf: suffix)
    }

    /// The chunk without choices that ends an answer whose caller asked for usage.
    package func appendUsage(_ usage: Usage, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: prefix)
        buffer.append(literal: #"],"usage":{"prompt_tokens":"#)
        buffer.append(decimal: usage.promptTokens)
        buffer.append(literal: #","completion_tokens":"#)
        buffer.append(decimal: usage.completionTokens)
        buffer.append(literal: #","total_tokens":"#)
        buffer.append(decimal: usage.totalTokens)
        buffer.append(literal: #","prompt_tokens_details":{"cached_tokens":"#)
        buffer.append(decimal: usage.promptDetails.cachedTokens)
        buffer.append(literal: "}}}\n\n")
    }

    package static func appendDone(to buffer: inout [UInt8]) {
        buffer.append(literal: "data: [DONE]\n\n")
    }

    /// An error after the headers have gone: the only way left to tell it.
    package static func appendError(_ error: APIError, requestID: String, to buffer: inout [UInt8]) {
        buffer.append(literal: "data: ")
        buffer.append(contentsOf: error.body(requestID: requestID))
        buffer.append(literal: "\n\n")
    }

    private func open(_ choice: Int, _ buffer: inout [UInt8]) {
        buffer.append(contentsOf: prefix)
        buffer.append(literal: #"{"index":"#)
        buffer.append(decimal: choice)
    }
}
