import Conversations

/// The beginning and the end of the program.
extension GenerationHub {
    /// Has the answers go on that were being written when the program ended, by its will or not.
    package func resumeAll() async {
        do {
            for (message, chat) in try await store.openAnswers() where running[message.id] == nil {
                try await resume(message, chat)
            }
        } catch {
            logger.error("interrupted answers cannot go on: \(error)")
        }
    }

    private func resume(_ message: Message, _ chat: Chat) async throws {
        guard let person = try await people.person(chat.owner), let parent = message.parent else { return }
        var branch = try await store.branch(endingAt: parent)
        guard running[message.id] == nil, !isDraining else { return }
        // The text of a continued answer is not that of one call: it is continued once more.
        let isContinued = message.timing != nil && !message.content.isEmpty
        if isContinued { branch.append(message) }
        start(message, as: isContinued ? .continued : .repeated, chat: chat, branch: branch, person: person)
    }

    /// Stores answers as far as they are, open, so that they go on at the next start; and ends all streams of events.
    package func drain() async {
        guard !isDraining else { return }
        isDraining = true
        for chat in Array(titles.keys) { stopTitle(of: chat) }
        wishes = []
        for id in running.keys {
            running[id]?.task?.cancel()
            running[id]?.callNumber += 1
        }
        await saveLast()
        watching?.cancel()
        feeds.end()
    }
}
