import Conversations

/// Keeping what is written. All answers are stored by one transaction, once a second at most; ends at once.
extension GenerationHub {
    /// Says that an answer has changed.
    func save(_ id: String) {
        unsaved.insert(id)
        scheduleSave()
    }

    private func scheduleSave() {
        guard !isSaving, !unsaved.isEmpty, !isDraining else { return }
        let wait = hasFailedToSave ? Limits.repeatedSave : Limits.saveInterval
        let due = lastSave.map { $0.advanced(by: wait) } ?? clock.now
        let isUrgent = !hasFailedToSave && unsaved.contains { running[$0]?.isEnded ?? false }
        if isUrgent || due <= clock.now {
            saveTimer?.cancel()
            saveTimer = nil
            isSaving = true
            Task { await saveNow() }
        } else if saveTimer == nil {
            saveTimer = Task {
                try? await Task.sleep(until: due, clock: clock)
                guard !Task.isCancelled else { return }
                saveTimer = nil
                scheduleSave()
            }
        }
    }

    private func saveNow() async {
        isSaving = true
        let batch = unsaved
        unsaved = []
        let messages = batch.compactMap { running[$0]?.message }
        let isStored: Bool
        do {
            try await store.save(messages)
            isStored = true
        } catch {
            isStored = false
            unsaved.formUnion(batch.filter { running[$0] != nil })
            if !hasFailedToSave {
                logger.error("answers cannot be stored, and are kept in memory: \(error)")
            }
        }
        isSaving = false
        lastSave = clock.now
        hasFailedToSave = !isStored
        for message in messages where !message.state.isOpen { settle(message, isStored: isStored) }
        for waiting in savingEnds { waiting.resume() }
        savingEnds = []
        scheduleSave()
    }

    /// An answer has ended, and was stored if that was possible.
    private func settle(_ message: Message, isStored: Bool) {
        // It may have been continued meanwhile.
        guard let entry = running[message.id], entry.isEnded, entry.message == message else { return }
        running[message.id]?.isAnnounced = true
        if isStored { running[message.id] = nil }
        guard !entry.isAnnounced else { return }
        feeds.send(
            SiteEvent.bytes("end", SiteEvent.Ended(message: MessageRecord(message))), to: entry.person.account)
        if isStored { wishForTitle(after: entry) }
        Task { await announce(chat: message.chat, owner: entry.person.account) }
    }

    /// Stores everything as it is, once; used when the program ends.
    func saveLast() async {
        saveTimer?.cancel()
        while isSaving { await withCheckedContinuation { savingEnds.append($0) } }
        unsaved.formUnion(running.keys)
        await saveNow()
        guard hasFailedToSave else { return }
        for id in running.keys {
            running[id]?.generation.lose()
            guard let entry = running[id] else { continue }
            logger.error("an answer could not be stored", metadata: ["message": "\(id)"])
            feeds.send(
                SiteEvent.bytes("end", SiteEvent.Ended(message: MessageRecord(entry.message))),
                to: entry.person.account)
        }
    }
}
