import Foundation

/// Which of the optional fields an endpoint takes. Servers differ: OpenAI's refuses what it does not know, and some
/// of its models take another name for the limit.
package struct RequestForm: Sendable, Equatable {
    package var ignoresEnd = true
    package var limitField = "max_tokens"
    package var hasTemperature = true

    /// The forms to be tried, the most telling first.
    static let candidates = [
        RequestForm(), RequestForm(ignoresEnd: false),
        RequestForm(ignoresEnd: false, limitField: "max_completion_tokens", hasTemperature: false),
    ]

    /// The body of a streamed request.
    func body(api: LoadSettings.API, model: String, prompt: String, outputTokens: Int) throws -> Data {
        var fields: [String: any Encodable & Sendable] = [
            "model": model, "stream": true, "stream_options": ["include_usage": true], limitField: outputTokens,
        ]
        switch api {
        case .chat: fields["messages"] = [["role": "user", "content": prompt]]
        case .completions: fields["prompt"] = prompt
        }
        if hasTemperature { fields["temperature"] = 0 }
        if ignoresEnd { fields["ignore_eos"] = true }
        return try JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys])
    }
}
