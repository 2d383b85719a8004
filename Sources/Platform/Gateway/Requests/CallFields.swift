/// What the gateway needs to know of a model call's body, and where in the body it stands.
package struct CallFields {
    /// A value's place.
    package struct Extent {
        package var range: Range<Int>
        package var isNull: Bool
    }

    /// The body is a form, and its values stand there without quotes.
    package var isForm = false
    package var model: String?
    package var modelExtent: Range<Int>?
    package var isStreamed = false
    /// `n`.
    package var choices = 1
    /// Prompts in one call of /v1/completions.
    package var prompts = 1
    /// `max_completion_tokens`, or else `max_tokens`.
    package var maximumTokens: Int?
    package var seed: Extent?
    package var maxTokens: Extent?
    package var maxCompletionTokens: Extent?
    package var temperature: Extent?
    package var topP: Extent?
    /// `messages`, `prompt` or `input`: what the model reads.
    package var content: Range<Int>?
    /// The content's beginning that later turns of the same conversation share: up to the first user's message.
    package var opening: Range<Int>?
    package var user: Range<Int>?
    /// Where fields can be added: the offset of the last brace.
    package var closingBrace = 0

    package init() {}

    /// Choices over all prompts.
    package var sequences: Int {
        prompts.multipliedReportingOverflow(by: choices).overflow ? choices : prompts * choices
    }

    /// A hash that is the same for all turns of a conversation.
    package func affinity(_ bytes: Span<UInt8>) -> UInt64? {
        guard let opening else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
        func add(_ range: Range<Int>) {
            for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        }
        add(opening.prefix(Limits.affinityBytes))
        if let user { add(user.prefix(Limits.affinityBytes)) }
        return hash
    }
}
