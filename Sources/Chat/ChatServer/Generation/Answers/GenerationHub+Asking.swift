package import Conversations

/// What people ask for.
extension GenerationHub {
    /// Stores a question with its answer to be, and has the answer written.
    ///
    /// - Parameters:
    ///   - chat: as it is; a new one if `isNewChat`.
    ///   - id: drawn by the page, so that asking twice is asking once; nil: a new one.
    package func ask(
        _ content: String, id: String?, parent: String?, model: String?, in chat: Chat, isNewChat: Bool,
        by person: Person
    ) async throws -> ChatStore.Beginning {
        let model = try checked(model ?? chat.model)
        let time = now()
        let question = Message(
            id: id ?? RandomID.make(), chat: chat.id, parent: parent, role: .user, content: content,
            created: time)
        let answer = self.answer(to: question.id, in: chat, model: model, time: time)
        return try await begin(
            chat: isNewChat ? chat : nil, question: question, answer: answer,
            history: Task { try await history(endingAt: parent) },
            by: person)
    }

    /// Another answer beside the one that is there.
    package func regenerate(
        _ message: Message, model: String?, in chat: Chat, by person: Person
    ) async throws -> ChatStore.Beginning {
        guard message.role == .assistant, let parent = message.parent else {
            throw SiteError(.invalid, "Only an answer can be generated again.")
        }
        let answer = self.answer(
            to: parent, in: chat, model: try checked(model ?? message.model ?? chat.model), time: now())
        return try await begin(
            chat: nil, question: nil, answer: answer, history: Task { try await history(endingAt: parent) }, by: person)
    }

    /// Has an answer that has ended go on.
    package func resume(
        _ message: Message, in chat: Chat, by person: Person
    ) async throws -> (message: Message, chat: Chat) {
        guard running[message.id].map({ $0.isEnded && $0.isAnnounced }) ?? true else { throw Self.alreadyRunning }
        let latest = running[message.id]?.message
        _ = try checked(message.model ?? chat.model)
        try reserve(person)
        defer { release(person) }
        guard case (var answer, let chat)? = try await store.continueAnswer(message.id, owner: person.account) else {
            throw Self.notFound
        }
        // What could not be stored yet is here.
        if let latest { answer.content = latest.content }
        answer.seed = chat.settings.seed ?? Self.drawSeed()
        var branch = try await store.branch(endingAt: answer.parent ?? answer.id)
        guard running[answer.id].map(\.isEnded) ?? true else { throw Self.alreadyRunning }
        let start = answer.content.contains { !$0.isWhitespace } ? Generation.Start.continued : .fresh
        if start == .continued {
            while answer.content.last?.isWhitespace == true { answer.content.removeLast() }
            branch.append(answer)
        } else {
            answer.content = ""
        }
        self.start(answer, as: start, chat: chat, branch: branch, person: person)
        announce(chat)
        return (running[answer.id]?.message ?? answer, chat)
    }

    /// Ends an answer where it is. One that has ended stays as it is.
    package func stop(_ message: Message) -> Message {
        handle(.stopped, of: message.id)
        return running[message.id]?.message ?? message
    }

    /// The messages with what is not stored yet.
    func current(_ messages: [Message]) -> [Message] {
        messages.map { running[$0.id]?.message ?? $0 }
    }

    /// A chat with all its messages and what of them is not stored yet.
    package func tree(_ chat: String, owner: String) async throws -> (chat: Chat, messages: [Message])? {
        for _ in 0..<2 {
            guard let (chat, messages) = try await store.tree(chat, owner: owner) else { return nil }
            // One that is open there and unknown here has just ended, and is stored by now.
            guard messages.contains(where: { $0.state.isOpen && running[$0.id] == nil }) else {
                return (chat, current(messages))
            }
        }
        return try await store.tree(chat, owner: owner)
    }

    private func begin(
        // A task, because it is read while the question is written: neither waits for the other.
        chat: Chat?, question: Message?, answer: Message, history: Task<[Message], any Error>, by person: Person
    ) async throws -> ChatStore.Beginning {
        if let parent = question?.parent, let above = running[parent], !above.isEnded { throw Self.alreadyRunning }
        try reserve(person)
        defer { release(person) }
        guard
            var beginning = try await store.begin(
                chat: chat, question: question, answer: answer, owner: person.account)
        else { throw Self.notFound }
        guard beginning.isNew else {
            beginning.answer = running[beginning.answer.id]?.message ?? beginning.answer
            return beginning
        }
        let branch = try await current(history.value) + (question.map { [$0] } ?? [])
        start(answer, as: .fresh, chat: beginning.chat, branch: branch, person: person)
        announce(beginning.chat)
        return beginning
    }

    /// The branch that a question or another answer is added to.
    func history(endingAt message: String?) async throws -> [Message] {
        guard let message else { return [] }
        return try await store.branch(endingAt: message)
    }

    private func answer(to question: String, in chat: Chat, model: String, time: Int) -> Message {
        Message(
            id: RandomID.make(), chat: chat.id, parent: question, role: .assistant, content: "", created: time,
            model: model, state: .waiting, seed: chat.settings.seed ?? Self.drawSeed())
    }

    private func checked(_ model: String) throws -> String {
        guard !isDraining else {
            throw SiteError(.unavailable, "The server is shutting down: ask again in a moment.", retryAfter: 2)
        }
        guard directory.models().contains(where: { $0.id == model }) else {
            throw SiteError(.invalid, "There is no model '\(model.prefix(100))': choose another one.", field: "model")
        }
        return model
    }

    /// Takes a place among the account's answers until the answer is in `running`.
    private func reserve(_ person: Person) throws {
        let account = person.account
        let count = running.values.count { $0.person.account == account && !$0.isEnded }
        guard count + reserved[account, default: 0] < Limits.answersPerAccount else {
            throw SiteError(
                .limitReached, "\(Limits.answersPerAccount) answers are being written already: stop one, or wait.")
        }
        reserved[account, default: 0] += 1
    }

    private func release(_ person: Person) {
        let count = reserved[person.account, default: 1] - 1
        reserved[person.account] = count > 0 ? count : nil
    }

    /// All engines take it: llama-server's seeds have 32 bits.
    private static func drawSeed() -> Int { Int.random(in: 0..<(1 << 31)) }

    private static let alreadyRunning = SiteError(
        .alreadyRunning, "This answer is still being written: stop it, or wait for its end.")
    private static let notFound = SiteError(.notFound, "There is no such chat or message.")
}
