/// The chat as a state machine: what was typed and what the engine said go in, what to write and what to request come
/// out. It does no input or output, so every path is tested without a terminal or an engine.
///
/// | state | a line | Ctrl+C | end of input |
/// | --- | --- | --- | --- |
/// | at the prompt | a command, or a question to the engine | a hint; the second in a row leaves | leaves |
/// | answering | waits for its turn | stops the answer | leaves after the answer |
package struct ChatMachine: Sendable {
    package enum Event: Sendable, Equatable {
        case line(String)
        case endOfInput
        case interrupt
        /// A piece of the answer.
        case text(String)
        case answered(Statistics)
        case failed(TerminalError)
        /// The engine process is gone; its last log lines.
        case engineEnded(log: [String])
    }

    package enum Effect: Sendable, Equatable {
        /// Part of the answer, for standard output.
        case answer(String)
        /// A line that is no answer: results of commands, hints.
        case note(String)
        case complaint(String)
        case prompt
        case request(Conversation)
        /// Stop the running request. It still ends by `answered` or `failed`.
        case cancel
        case exit(status: Int32)
    }

    /// How an answer went, for the line below it.
    package struct Statistics: Sendable, Equatable {
        package let tokens: Int
        /// From the first token to the last.
        package let seconds: Double
        package let secondsToFirst: Double

        package init(tokens: Int, seconds: Double, secondsToFirst: Double) {
            self.tokens = tokens
            self.seconds = seconds
            self.secondsToFirst = secondsToFirst
        }
    }

    package private(set) var conversation = Conversation()
    /// Whether somebody sits there: prompts, hints and statistics are for people.
    private let isInteractive: Bool
    private var answer: String?
    private var isCancelled = false
    private var waitingLines: [String] = []
    private var inputEnded = false
    private var interruptsAtPrompt = 0
    private var hasFailed = false

    package init(isInteractive: Bool) {
        self.isInteractive = isInteractive
    }

    /// What to do before the first event.
    package func begin(model: String) -> [Effect] {
        isInteractive ? [.note("Talking to \(model). /help lists the commands."), .prompt] : []
    }

    package mutating func handle(_ event: Event) -> [Effect] {
        if case .interrupt = event {} else { interruptsAtPrompt = 0 }
        switch event {
        case .line(let line):
            guard answer == nil else {
                waitingLines.append(line)
                return []
            }
            return read(line)
        case .endOfInput:
            inputEnded = true
            return answer == nil ? leave() : []
        case .interrupt: return interrupt()
        case .text(let text):
            answer? += text
            return answer == nil || text.isEmpty ? [] : [.answer(text)]
        case .answered(let statistics): return finish(statistics)
        case .failed(let error): return fail(error)
        case .engineEnded(let log):
            return [.complaint("The engine ended. " + EngineProcess.lastWords(log)), .exit(status: 1)]
        }
    }

    private mutating func read(_ line: String) -> [Effect] {
        switch TypedLine(line) {
        case .nothing: return next()
        case .say(let text):
            conversation.ask(text)
            answer = ""
            isCancelled = false
            return [.request(conversation)]
        case .system(let text):
            conversation.system = text.isEmpty ? nil : text
            return [.note(text.isEmpty ? "No instruction any more." : "The instruction is set.")] + next()
        case .showSettings: return [.note(conversation.settings.table)] + next()
        case .set(let name, let value):
            if let mistake = conversation.settings.set(name, to: value) { return [.complaint(mistake)] + next() }
            return next()
        case .clear:
            conversation.clear()
            return [.note("Forgotten.")] + next()
        case .history:
            let lines = conversation.prompt.map { "\($0.role.rawValue): \($0.content)" }
            return [.note(lines.isEmpty ? "Nothing has been said." : lines.joined(separator: "\n"))] + next()
        case .help: return [.note(TypedLine.helpText)] + next()
        case .exit: return leave()
        case .mistake(let message): return [.complaint(message)] + next()
        }
    }

    private mutating func interrupt() -> [Effect] {
        if answer != nil {
            // What was typed ahead was meant to follow a whole answer.
            waitingLines.removeAll()
            guard !isCancelled else { return [] }
            isCancelled = true
            return [.cancel]
        }
        interruptsAtPrompt += 1
        if interruptsAtPrompt > 1 { return leave() }
        return [.note("\nCtrl+C again, Ctrl+D or /exit leaves."), .prompt]
    }

    private mutating func finish(_ statistics: Statistics) -> [Effect] {
        guard let text = answer else { return [] }
        answer = nil
        if text.isEmpty && isCancelled { conversation.withdrawQuestion() } else { conversation.keep(answer: text) }
        var effects = [Effect.answer("\n")]
        if isInteractive {
            if isCancelled { effects.append(.note("Stopped.")) }
            if let line = statistics.line { effects.append(.note(line)) }
        }
        return effects + next()
    }

    private mutating func fail(_ error: TerminalError) -> [Effect] {
        guard let text = answer else { return [] }
        answer = nil
        hasFailed = true
        if text.isEmpty { conversation.withdrawQuestion() } else { conversation.keep(answer: text) }
        return (text.isEmpty ? [] : [.answer("\n")]) + [.complaint(error.message)] + next()
    }

    /// The next line that waits, or the prompt.
    private mutating func next() -> [Effect] {
        if !waitingLines.isEmpty { return read(waitingLines.removeFirst()) }
        if inputEnded { return leave() }
        return isInteractive ? [.prompt] : []
    }

    /// A script learns from the status that a question was not answered; a person has seen it.
    private func leave() -> [Effect] {
        [.exit(status: hasFailed && !isInteractive ? 1 : 0)]
    }
}

extension ChatMachine.Statistics {
    /// "42 tokens, 31.5 tokens/s, first after 0.20 s". The first token's time is the prompt's, so the rate counts the
    /// tokens after it. Nil if nothing was said.
    fileprivate var line: String? {
        guard tokens > 0 else { return nil }
        func rounded(_ value: Double, _ step: Double) -> Double { (value * step).rounded() / step }
        let rate = tokens > 1 && seconds > 0 ? ", \(rounded(Double(tokens - 1) / seconds, 10)) tokens/s" : ""
        return "\(tokens) tokens\(rate), first after \(rounded(secondsToFirst, 100)) s"
    }
}
