internal import Foundation

/// The open branch of a chat as a document to read. What a model thought is left out.
package struct ChatDocument: Sendable {
    private let chat: Chat
    private let branch: [Message]

    package init(_ chat: Chat, branch: [Message]) {
        self.chat = chat
        self.branch = branch
    }

    package var markdown: String {
        let parts = branch.map { "## \(Self.speaker($0))\n\n\(MarkdownFences.closed($0.shownContent.trimmed))\n" }
        return (["# \(MarkdownFences.escaped(chat.title))\n"] + parts).joined(separator: "\n")
    }

    package var text: String {
        let parts = branch.map { "\(Self.speaker($0)):\n\n\($0.shownContent.trimmed)\n" }
        return ([chat.title + "\n"] + parts).joined(separator: "\n\n")
    }

    private static func speaker(_ message: Message) -> String {
        switch (message.role, message.model) {
        case (.user, _): "User"
        case (.assistant, let model?): "Assistant (\(model.split(whereSeparator: \.isNewline).joined(separator: " ")))"
        case (.assistant, nil): "Assistant"
        }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .newlines) }
}
