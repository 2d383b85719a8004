package import Conversations

/// Telling pages what happens.
extension GenerationHub: ChatWatcher {
    /// A stream of events for one page: the models, every answer in progress whole, and then what changes.
    package func watch(account: String, session: String?) throws -> AsyncStream<[UInt8]> {
        guard !isDraining else { throw SiteError(.unavailable, "The server is shutting down.", retryAfter: 2) }
        guard feeds.count(of: account) < Limits.streamsPerAccount else {
            throw SiteError(
                .limitReached, "\(Limits.streamsPerAccount) pages are open already: close some that are not used.")
        }
        let (stream, sink) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(Limits.bufferedEvents))
        let number = feeds.attach(account: account, session: session, to: sink)
        sink.onTermination = { [weak self] _ in Task { await self?.leave(number) } }
        knownModels = directory.models()
        var opening = SiteEvent.opening + SiteEvent.bytes("models", SiteEvent.Models(models: knownModels))
        for entry in running.values where entry.person.account == account {
            // One that has ended and is being stored looks open until its end is told.
            var message = entry.message
            if entry.isEnded, !entry.isAnnounced { message.state = .running }
            opening += SiteEvent.bytes("snapshot", SiteEvent.Snapshot(message: MessageRecord(message)))
            if let progress = entry.generation.progress {
                opening += SiteEvent.bytes(
                    "progress", SiteEvent.Progress(message: message.id, chat: message.chat, progress))
            }
        }
        feeds.send(opening, toWatcher: number)
        beginWatching()
        return stream
    }

    private func leave(_ number: Int) { feeds.detach(number) }

    /// Ends the streams of whoever signed out: one session's, or all of an account.
    package func signedOut(account: String, session: String? = nil) {
        feeds.end(
            account: account, session: session, saying: SiteEvent.bytes("signedOut", SiteEvent.SignedOut()))
    }

    /// An account is gone: nothing is written for it any more.
    package func forget(account: String) {
        signedOut(account: account)
        wishes.removeAll { $0.person.account == account }
        for id in running.filter({ $0.value.person.account == account }).keys { handle(.stopped, of: id) }
    }

    /// What changed is read once more, so that of two changes the later is told last.
    nonisolated package func changed(_ chat: Chat) {
        Task { await announce(chat: chat.id, owner: chat.owner) }
    }

    nonisolated package func removed(_ chat: String, owner: String) {
        Task { await remove(chat, owner: owner) }
    }

    private func remove(_ chat: String, owner: String) {
        stopTitle(of: chat)
        for id in running.filter({ $0.value.chat.id == chat }).keys { handle(.stopped, of: id) }
        feeds.send(SiteEvent.bytes("removed", SiteEvent.Removed(chat: chat)), to: owner)
    }

    func announce(_ chat: Chat) {
        guard feeds.count(of: chat.owner) > 0 else { return }
        var chat = chat
        chat.isRunning = running.values.contains { $0.chat.id == chat.id && !$0.isEnded }
        feeds.send(SiteEvent.bytes("chat", SiteEvent.Changed(chat: ChatRecord(chat))), to: chat.owner)
    }

    func announce(chat id: String, owner: String) async {
        guard feeds.count(of: owner) > 0, let chat = try? await store.chat(id, owner: owner) else { return }
        announce(chat)
    }

    func showSnapshot(_ message: Message, to account: String) {
        guard feeds.count(of: account) > 0 else { return }
        feeds.send(SiteEvent.bytes("snapshot", SiteEvent.Snapshot(message: MessageRecord(message))), to: account)
    }

    // MARK: Text

    func show(_ text: String, at place: Int, of message: Message, to account: String) {
        feeds.add(text, at: place, message: message.id, chat: message.chat, account: account)
        guard feeds.hasPending, flushing == nil else { return }
        let due = lastFlush.map { $0.advanced(by: Limits.deltaInterval) } ?? clock.now
        if due <= clock.now {
            flush()
        } else {
            flushing = Task {
                try? await Task.sleep(until: due, clock: clock)
                flushing = nil
                flush()
            }
        }
    }

    private func flush() {
        lastFlush = clock.now
        feeds.flush()
    }

    // MARK: Models

    /// Looks at the models twice a second, as long as somebody watches.
    private func beginWatching() {
        guard watching == nil else { return }
        watching = Task { [weak self] in
            var round = 0
            while !Task.isCancelled {
                try? await Task.sleep(for: Limits.modelsInterval)
                round += 1
                guard await self?.look(isHeartbeat: round % Limits.heartbeatRounds == 0) == true else { return }
            }
        }
    }

    /// - Returns: whether somebody watches.
    private func look(isHeartbeat: Bool) -> Bool {
        guard !feeds.isEmpty else {
            watching = nil
            return false
        }
        let models = directory.models()
        if models != knownModels {
            knownModels = models
            feeds.sendAll(SiteEvent.bytes("models", SiteEvent.Models(models: models)))
        }
        if isHeartbeat { feeds.sendAll(SiteEvent.heartbeat) }
        grantWishes()
        return true
    }
}
