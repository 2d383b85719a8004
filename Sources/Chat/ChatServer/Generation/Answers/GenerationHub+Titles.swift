package import Conversations

/// A chat whose title a model is to write when it has nothing else to do.
struct TitleWish {
    let chat: String
    let person: Person
    let model: String
    let request: TitleRequest
    var attempts = 0
}

/// A title that a model is writing.
struct RunningTitle {
    let number: Int
    let wish: TitleWish
    let task: Task<Void, Never>
}

/// Titles by models: never before a person's questions, never by waking an engine.
extension GenerationHub {
    /// A first answer has ended: its chat may get a better title than its first line.
    func wishForTitle(after entry: Running) {
        grantWishes()
        guard entry.message.state == .done, entry.person.wantsTitles, entry.chat.titleOrigin == .firstLine,
            titles[entry.chat.id] == nil, !wishes.contains(where: { $0.chat == entry.chat.id }),
            let question = entry.source.branch.first(where: { $0.role == .user })
        else { return }
        if wishes.count >= Limits.titleWishes { wishes.removeFirst() }
        let first = entry.source.branch.first { $0.role == .assistant && !$0.content.isEmpty } ?? entry.message
        wishes.append(
            TitleWish(
                chat: entry.chat.id, person: entry.person, model: entry.message.model ?? entry.chat.model,
                request: TitleRequest(question: question.content, answer: first.content)))
        grantWishes()
    }

    /// Asks for the titles whose models are ready and have nothing to do.
    func grantWishes() {
        guard !isDraining, !wishes.isEmpty else { return }
        let idle = Set(directory.models().filter { $0.state == .ready && $0.queued == 0 }.map(\.id))
        var isBusy = Set(running.values.filter { !$0.isEnded }.map { $0.message.model ?? $0.chat.model })
        isBusy.formUnion(titles.values.map(\.wish.model))
        wishes.removeAll { wish in
            guard idle.contains(wish.model), isBusy.insert(wish.model).inserted else { return false }
            beginTitle(wish, asked: false)
            return true
        }
    }

    /// A person asks for a title, now.
    package func askForTitle(of chat: Chat, by person: Person) async throws {
        guard titles[chat.id] == nil, !isDraining else { return }
        let branch = try await history(endingAt: chat.leaf)
        guard let question = branch.first(where: { $0.role == .user }) else {
            throw SiteError(.conflict, "This chat has no message yet that a title could tell of.")
        }
        let answer = branch.first { $0.role == .assistant && !$0.content.isEmpty }
        guard titles[chat.id] == nil else { return }
        guard titles.values.count(where: { $0.wish.person.account == person.account }) < Limits.answersPerAccount else {
            throw SiteError(
                .limitReached, "\(Limits.answersPerAccount) titles are being written already: wait for one of them.")
        }
        wishes.removeAll { $0.chat == chat.id }
        let request = TitleRequest(question: question.content, answer: answer?.content ?? "")
        beginTitle(TitleWish(chat: chat.id, person: person, model: chat.model, request: request), asked: true)
    }

    package func stopTitle(of chat: String) {
        wishes.removeAll { $0.chat == chat }
        titles.removeValue(forKey: chat)?.task.cancel()
    }

    /// Questions go first: a title that is being written is given up, and tried again later.
    func cancelTitles(model: String) {
        for (chat, title) in titles where title.wish.model == model {
            title.task.cancel()
            titles[chat] = nil
            if title.wish.attempts < Limits.titleAttempts { wishes.append(title.wish) }
        }
    }

    private func beginTitle(_ wish: TitleWish, asked: Bool) {
        var wish = wish
        wish.attempts += 1
        titleNumbers += 1
        let number = titleNumbers
        let call = wish.request.call(model: wish.model, caller: wish.person.account)
        let task = Task { [client] in
            let collector = TitleCollector()
            do {
                try await client.stream(call) { await collector.take($0, mayWait: asked) }
            } catch {
                await self.endTitle(of: wish, number, said: nil)
                return
            }
            await self.endTitle(of: wish, number, said: collector.text)
        }
        titles[wish.chat] = RunningTitle(number: number, wish: wish, task: task)
    }

    private func endTitle(of wish: TitleWish, _ number: Int, said: String?) async {
        guard titles[wish.chat]?.number == number else { return }
        titles[wish.chat] = nil
        guard let said, let title = wish.request.title(in: said) else { return }
        do {
            let chat = try await store.setModelTitle(title, of: wish.chat, owner: wish.person.account)
            if let chat { announce(chat) }
        } catch {
            logger.warning("a title could not be stored: \(error)")
        }
    }
}

/// What a model says for a title, put together.
private actor TitleCollector {
    private(set) var text = ""

    /// - Parameter mayWait: a person waits for the title; otherwise an instance that has gone meanwhile is not started
    ///   again for it.
    func take(_ events: [CompletionEvent], mayWait: Bool) {
        for event in events {
            switch event {
            case .text(let piece): text += piece
            case .waiting where !mayWait: withUnsafeCurrentTask { $0?.cancel() }
            case .waiting, .reasoning, .finished, .usage: break
            }
        }
    }
}
