internal import Foundation

/// What a chat's texts and numbers may be.
package enum ChatRules {
    /// A title on one line, without blanks around it.
    package static func title(_ text: String) throws -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
            .trimmingCharacters(in: .whitespacesAndNewlines.union(.controlCharacters)).withoutNull
        guard !line.isEmpty, line.count <= Limits.titleCharacters, line.utf8.count <= 16 * Limits.titleCharacters else {
            throw ConversationsError(
                .invalid, "A title has 1 to \(Limits.titleCharacters) characters.", field: "title")
        }
        return line
    }

    package static func check(model: String) throws {
        guard !model.isEmpty, model.utf8.count <= Limits.modelBytes, !model.utf8.contains(0) else {
            throw ConversationsError(
                .invalid, "A model's name has 1 to \(Limits.modelBytes) bytes, and no NUL.", field: "model")
        }
    }
}

extension ChatSettings {
    /// Throws what no engine would take. Bounds are OpenAI's where it has some.
    package func check() throws {
        try Self.check(systemPrompt.map { $0.utf8.count <= Limits.systemPromptBytes }, "systemPrompt") {
            "has at most \(Limits.systemPromptBytes) bytes"
        }
        try Self.check(temperature.map { (0...2).contains($0) }, "temperature") { "is from 0 to 2" }
        try Self.check(topP.map { $0 > 0 && $0 <= 1 }, "topP") { "is above 0, and 1 at most" }
        try Self.check(topK.map { (-1...1_000_000).contains($0) }, "topK") { "is from -1 to 1000000" }
        try Self.check(maxTokens.map { (1...10_000_000).contains($0) }, "maxTokens") { "is from 1 to 10000000" }
        try Self.check(stop.map { $0.count <= Limits.stops }, "stop") { "has at most \(Limits.stops) texts" }
        try Self.check(stop?.allSatisfy { !$0.isEmpty && $0.utf8.count <= Limits.stopBytes }, "stop") {
            "has texts of 1 to \(Limits.stopBytes) bytes each"
        }
    }

    private static func check(_ isRight: Bool?, _ name: String, _ rule: () -> String) throws {
        guard isRight == false else { return }
        throw ConversationsError(.invalid, "'\(name)' \(rule()).", field: "settings.\(name)")
    }
}
