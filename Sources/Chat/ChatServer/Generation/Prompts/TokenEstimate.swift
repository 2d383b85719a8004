import Conversations

/// Guesses how many tokens a text makes, corrected by what engines counted in the same chat.
struct TokenEstimate {
    /// Counted tokens for each guessed one.
    private let correction: Double
    /// A turn's frame in the usual formats: head, role, end.
    static let frame = 6

    /// - Parameter messages: answers with their usage teach how this model cuts this chat's language.
    init(learningFrom messages: [Message] = []) {
        var counted = 0
        var guessed = 0.0
        for message in messages where message.role == .assistant {
            guard let usage = message.usage, usage.completion >= 16 else { continue }
            counted += usage.completion
            guessed += Self.guess(message.content)
        }
        correction = guessed > 0 ? min(max(Double(counted) / guessed, 0.5), 3) : 1
    }

    func tokens(of text: String) -> Int { Int((Self.guess(text) * correction).rounded(.up)) }

    /// Byte-level vocabularies make a token of four bytes of English, and of two to three bytes of other scripts.
    private static func guess(_ text: String) -> Double {
        var ascii = 0
        var other = 0
        for byte in text.utf8 { if byte < 0x80 { ascii += 1 } else { other += 1 } }
        return Double(ascii) / 3.6 + Double(other) / 2.2
    }
}
