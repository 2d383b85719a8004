/// Runs a chat: feeds the machine with events, and does what it says.
package struct Chat: Sendable {
    private let client: ChatClient
    private let model: String
    private let events: TerminalEvents

    package init(client: ChatClient, model: String, events: TerminalEvents) {
        self.client = client
        self.model = model
        self.events = events
    }

    /// Returns the exit status when the user leaves, the input ends or the engine is gone.
    package func run() async -> Int32 {
        let isInteractive = TerminalEvents.isInteractive
        let output = TerminalOutput(isInteractive: isInteractive)
        var machine = ChatMachine(isInteractive: isInteractive)
        var answering: Task<Void, Never>?
        defer { answering?.cancel() }

        var effects = machine.begin(model: model)
        let interrupts = await events.start()
        defer { interrupts.cancel() }
        var incoming = events.stream.makeAsyncIterator()
        while true {
            for effect in effects {
                switch effect {
                case .answer(let text):
                    do { try output.answer(text) } catch { return 0 }
                case .note(let text): output.note(text)
                case .complaint(let text): output.complaint(text)
                case .prompt: output.prompt()
                case .request(let conversation): answering = Task { await answer(conversation) }
                case .cancel: answering?.cancel()
                case .exit(let status): return status
                }
            }
            guard let event = await incoming.next() else { return 0 }
            effects = machine.handle(event)
        }
    }

    private func answer(_ conversation: Conversation) async {
        let events = events.continuation
        do {
            let statistics = try await client.answer(to: conversation) { events.yield(.text($0)) }
            events.yield(.answered(statistics))
        } catch {
            events.yield(.failed(error))
        }
    }
}
