import Conversations
import Foundation

/// Asks a model for a chat's title, and judges what it says: small models echo, quote and ramble, and then the
/// question's first line is the better title.
package struct TitleRequest: Sendable, Equatable {
    package let question: String
    package let answer: String

    package init(question: String, answer: String) {
        self.question = question
        self.answer = Thinking.removed(from: answer)
    }

    package func call(model: String, caller: String) -> CompletionCall {
        var settings = ChatSettings()
        settings.temperature = 0
        settings.maxTokens = Limits.titleTokens
        let asked = question.prefix(Limits.titleSourceCharacters)
        let said = answer.prefix(Limits.titleSourceCharacters)
        let text =
            isChinese
            ? "问：\(asked)\n答：\(said)\n\n\(Self.chineseInstruction)" : "Q: \(asked)\nA: \(said)\n\n\(Self.instruction)"
        return CompletionCall(
            caller: caller, model: model, messages: [PromptMessage(.user, text)], settings: settings, seed: 0)
    }

    /// The title in what a model said; nil: it is none.
    package func title(in said: String) -> String? {
        var title = Thinking.removed(from: said).trimmingCharacters(in: Self.around)
        for label in ["title:", "标题：", "标题:"] where title.lowercased().hasPrefix(label) {
            title = String(title.dropFirst(label.count)).trimmingCharacters(in: Self.around)
        }
        guard !title.isEmpty, title.count <= Limits.titleCharacters, !title.contains(where: \.isNewline) else {
            return nil
        }
        guard !title.contains(where: { "\"“”„«»「」<>{}".contains($0) || $0 == "`" }) else { return nil }
        // Cut in the middle of a character, or a sentence of the answer.
        guard !title.contains("\u{FFFD}"), title.count < 13 || !answer.contains(title) else { return nil }
        guard title.contains(where: { $0.isLetter }), !isEcho(title) else { return nil }
        // The language of the chat, as far as the script tells.
        guard Self.isChinese(title) == isChinese || title.allSatisfy({ $0.isASCII }) && isChinese == false else {
            return nil
        }
        return title
    }

    private func isEcho(_ title: String) -> Bool {
        let plain = title.lowercased()
        if Self.instruction.lowercased().contains(plain) || Self.chineseInstruction.contains(plain) { return true }
        return ["title", "标题", "conversation", "words or less", "sure,", "here is", "here's"]
            .contains { plain.hasPrefix($0) } || plain.hasPrefix("q:") || plain.hasPrefix("a:")
    }

    private var isChinese: Bool { Self.isChinese(question) }

    private static func isChinese(_ text: String) -> Bool {
        var han = 0
        var letters = 0
        for scalar in text.unicodeScalars.prefix(2_000) {
            if 0x3400...0x9FFF ~= scalar.value || 0xF900...0xFAFF ~= scalar.value {
                han += 1
            } else if scalar.properties.isAlphabetic {
                letters += 1
            }
        }
        // A character says about as much as three letters.
        return han * 3 > letters
    }

    /// What models like to put around a title.
    private static let around = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "*#_`\"“”「」.。"))
    private static let instruction =
        "Write a title of at most six words for this conversation, in its language. Answer with the title alone."
    private static let chineseInstruction = "请用不超过十五个字为这段对话起一个中文标题。只回答标题本身。"
}
