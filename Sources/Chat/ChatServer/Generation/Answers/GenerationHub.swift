package import Conversations
import Foundation
package import Logging

/// Writes all answers: calls models, keeps the text, stores it, and tells whoever watches.
///
/// An answer goes on whether somebody looks or not. Its text is stored at most once a second, at its end, and when the
/// program ends; between that it is here. What is decided about one answer is `Generation`'s; this carries it out.
package actor GenerationHub {
    /// An answer that is being written, or that has ended and is not stored yet.
    struct Running {
        var generation: Generation
        let person: Person
        let chat: Chat
        var source: Prompt.Source
        var prompt: Prompt
        /// Counts calls, so that what a late one says is recognised.
        var callNumber = 0
        var task: Task<Void, Never>?
        /// Pages know that it has ended.
        var isAnnounced = false

        var message: Message { generation.message }
        var isEnded: Bool { generation.phase == .ended }
    }

    let store: ChatStore
    let client: any CompletionClient
    let directory: any ModelDirectory
    let people: any PersonDirectory
    let logger: Logger
    let now: @Sendable () -> Int
    let clock = ContinuousClock()

    var running: [String: Running] = [:]
    /// Answers that each account is about to begin.
    var reserved: [String: Int] = [:]
    var isDraining = false

    // Events: see +Watching.
    var feeds = EventFeeds()
    var lastFlush: ContinuousClock.Instant?
    var flushing: Task<Void, Never>?
    var watching: Task<Void, Never>?
    var knownModels: [ModelState] = []

    // Saving: see +Saving.
    var unsaved: Set<String> = []
    var lastSave: ContinuousClock.Instant?
    var saveTimer: Task<Void, Never>?
    var isSaving = false
    var hasFailedToSave = false
    var savingEnds: [CheckedContinuation<Void, Never>] = []

    // Titles: see +Titles.
    var titles: [String: RunningTitle] = [:]
    var wishes: [TitleWish] = []
    var titleNumbers = 0

    package init(
        store: ChatStore, client: any CompletionClient, directory: any ModelDirectory, people: any PersonDirectory,
        logger: Logger, now: @escaping @Sendable () -> Int = ChatClock.milliseconds
    ) {
        self.store = store
        self.client = client
        self.directory = directory
        self.people = people
        self.logger = logger
        self.now = now
    }

    // MARK: Calls

    /// Takes an answer on and calls its model.
    func start(
        _ message: Message, as start: Generation.Start, chat: Chat, branch: [Message], person: Person
    ) {
        let model = message.model ?? chat.model
        let state = directory.models().first { $0.id == model }
        let source = Prompt.Source(
            branch: branch, systemPrompt: chat.settings.systemPrompt,
            variables: PromptVariables(
                userName: person.name, language: person.language, timeZone: person.timeZone,
                milliseconds: message.created),
            contextLength: state?.contextLength,
            answerTokens: chat.settings.maxTokens ?? state?.defaultMaxTokens ?? Limits.answerTokens,
            contextStart: start == .repeated ? message.contextStart : nil)
        guard let prompt = Prompt(source) else {
            refuse(message, of: person)
            return
        }
        running[message.id] = Running(
            generation: Generation(message, start: start, now: now()), person: person, chat: chat, source: source,
            prompt: prompt)
        cancelTitles(model: model)
        call(message.id)
        if let message = running[message.id]?.message { showSnapshot(message, to: person.account) }
        if start == .continued { save(message.id) }
    }

    /// The question is gone, so that nothing can be asked.
    private func refuse(_ message: Message, of person: Person) {
        var message = message
        message.state = .failed
        message.error = Message.Failure(code: "not_found", message: "The question of this answer is gone.")
        Task { [store, logger, message] in
            do { try await store.save([message]) } catch { logger.error("an answer cannot be stored: \(error)") }
        }
    }

    func call(_ id: String, after milliseconds: Int = 0) {
        guard var entry = running[id], !isDraining else { return }
        entry.generation.prepare(contextStart: entry.prompt.contextStart)
        entry.callNumber += 1
        let number = entry.callNumber
        let message = entry.message
        let call = CompletionCall(
            caller: entry.person.account, model: message.model ?? entry.chat.model, messages: entry.prompt.messages,
            settings: entry.chat.settings, seed: message.seed, continuesLast: entry.prompt.continuesLast)
        entry.task = Task { [client] in
            do {
                if milliseconds > 0 { try await Task.sleep(for: .milliseconds(milliseconds)) }
                try await client.stream(call) { events in await self.take(events, of: id, call: number) }
                self.take(.callEnded, of: id, call: number)
            } catch {
                guard !Task.isCancelled else { return }
                let failure =
                    error as? CompletionError
                    ?? CompletionError(
                        status: 0, code: CompletionError.brokenOffCode,
                        message: "The call of the model failed: \(error)")
                self.take(.callFailed(failure), of: id, call: number)
            }
        }
        running[id] = entry
    }

    private func take(_ events: [CompletionEvent], of id: String, call number: Int) {
        for event in events { take(.told(event), of: id, call: number) }
    }

    private func take(_ event: Generation.Event, of id: String, call number: Int) {
        guard running[id]?.callNumber == number else { return }
        handle(event, of: id)
    }

    func handle(_ event: Generation.Event, of id: String) {
        guard let actions = running[id]?.generation.handle(event, now: now()) else { return }
        for action in actions { perform(action, id) }
    }

    private func perform(_ action: Generation.Action, _ id: String) {
        guard let entry = running[id] else { return }
        switch action {
        case .show(let place, let text):
            show(text, at: place, of: entry.message, to: entry.person.account)
            save(id)
        case .showWaiting(let state):
            let event = SiteEvent.Progress(message: id, chat: entry.chat.id, state)
            feeds.send(SiteEvent.bytes("progress", event), to: entry.person.account)
        case .call(let milliseconds): call(id, after: milliseconds)
        case .shorten:
            if let shorter = Prompt(entry.source, after: entry.prompt) {
                running[id]?.prompt = shorter
                call(id)
            } else {
                handle(.nothingToLeaveOut, of: id)
            }
        case .cancelCall:
            entry.task?.cancel()
            running[id]?.callNumber += 1
        case .end: save(id)
        }
    }
}
