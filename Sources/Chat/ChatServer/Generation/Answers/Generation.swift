package import Conversations

/// One answer while it is written: what its call tells goes in, what is to be done about it comes out.
///
/// | phase | means | ends by |
/// | --- | --- | --- |
/// | waiting | called; nothing of the answer yet | text, a failure, a stop |
/// | replaying | called again after a restart: the stored text is read once more | its end, or other text |
/// | writing | the text grows | its end, a failure, a stop |
/// | ended | the message is what it will be | |
package struct Generation: Sendable {
    package enum Phase: Sendable, Equatable {
        case waiting
        /// - Parameter place: bytes of the stored text that have come again.
        case replaying(place: Int)
        case writing
        case ended
    }

    package enum Event: Sendable {
        case told(CompletionEvent)
        case callEnded
        case callFailed(CompletionError)
        /// The history cannot be made shorter.
        case nothingToLeaveOut
        case stopped
    }

    package enum Action: Sendable, Equatable {
        /// - Parameter at: the length of the text before it, in UTF-16 units.
        case show(at: Int, text: String)
        case showWaiting(WakeState)
        /// Call again, after so many milliseconds.
        case call(after: Int)
        /// Call again with less history, or say that there is none to leave out.
        case shorten
        case cancelCall
        case end
    }

    package private(set) var message: Message
    package private(set) var phase: Phase
    /// Where the start of an instance stands while the call waits.
    package private(set) var progress: WakeState?
    /// Of the text, in UTF-16 units.
    private var length: Int
    private var hasThought = false
    private var failedCalls = 0
    /// Something came in the present call.
    private var isAnswered = false
    /// Milliseconds since 1970.
    private let startedAt: Int
    /// Milliseconds after `startedAt`.
    private var firstToken: Int?
    /// What the answer cost before it was continued.
    private let usageBefore: Message.Usage?

    /// How an answer begins.
    package enum Start: Sendable {
        case fresh
        /// The text that is there stays, and the call goes on behind it.
        case continued
        /// The call is made again, with the same seed: the text that is there comes first.
        case repeated
    }

    package init(_ message: Message, start: Start, now: Int) {
        self.message = message
        startedAt = start == .repeated ? message.created : now
        usageBefore = start == .continued ? message.usage : nil
        if start == .continued {
            // A word's token has the blank before it: behind a blank, models write a strange second one.
            while self.message.content.last?.isWhitespace == true { self.message.content.removeLast() }
        }
        length = self.message.content.utf16.count
        phase = start == .repeated && !message.content.isEmpty ? .replaying(place: 0) : .waiting
        if start == .fresh { self.message.timing = nil }
        self.message.state = self.message.content.isEmpty ? .waiting : .running
        self.message.error = nil
        self.message.finishReason = nil
    }

    /// A call with this prompt is about to be made.
    package mutating func prepare(contextStart: String?) {
        message.contextStart = contextStart
        isAnswered = false
        hasThought = false
    }

    package mutating func handle(_ event: Event, now: Int) -> [Action] {
        guard phase != .ended else { return [] }
        switch event {
        case .told(let event): return take(event, now)
        case .callEnded:
            if case .replaying(let place) = phase, place < message.content.utf8.count { return interrupted(now) }
            return end(.done, now)
        case .callFailed(let error): return take(error, now)
        case .nothingToLeaveOut:
            let failure = Message.Failure(
                code: "context_length_exceeded",
                message: "The question alone is longer than what this model can read: shorten it, or choose a model "
                    + "with a longer context.")
            return fail(failure, now)
        case .stopped: return [.cancelCall] + end(.stopped, now)
        }
    }

    // MARK: What comes

    private mutating func take(_ event: CompletionEvent, _ now: Int) -> [Action] {
        switch event {
        case .waiting(let state):
            guard !isAnswered, state != progress else { return [] }
            progress = state
            return [.showWaiting(state)]
        case .reasoning(let text):
            let opening = hasThought ? "" : Thinking.opening + "\n"
            hasThought = true
            return take(opening + text.withoutNull, now)
        case .text(let text):
            // From here on thoughts are over; an engine that thinks in turns opens a new one.
            let closing = hasThought ? "\n" + Thinking.closing + "\n\n" : ""
            hasThought = false
            return take(closing + text.withoutNull, now)
        case .finished(let reason):
            message.finishReason = reason == "length" ? "length" : "stop"
            return []
        case .usage(let usage):
            message.usage = usage.added(to: usageBefore)
            return []
        }
    }

    private mutating func take(_ text: String, _ now: Int) -> [Action] {
        // SQLite's text ends at the first of them.
        let text = text.contains("\0") ? text.replacing("\0", with: "") : text
        isAnswered = true
        progress = nil
        failedCalls = 0
        firstToken = firstToken ?? max(0, now - startedAt)
        guard case .replaying(let place) = phase else { return append(text, now) }
        let known = message.content.utf8.dropFirst(place)
        let common = zip(known, text.utf8).prefix { $0 == $1 }.count
        if common == text.utf8.count {
            phase = .replaying(place: place + common)
            return []
        }
        guard common == known.count else { return interrupted(now) }
        phase = .writing
        return append(String(decoding: text.utf8.dropFirst(common), as: UTF8.self), now)
    }

    private mutating func append(_ text: String, _ now: Int) -> [Action] {
        guard !text.isEmpty else { return [] }
        phase = .writing
        message.state = .running
        let place = length
        message.content += text
        length += text.utf16.count
        let show = Action.show(at: place, text: text)
        guard message.content.utf8.count > Limits.answerBytes else { return [show] }
        message.finishReason = "length"
        return [show, .cancelCall] + end(.done, now)
    }

    private mutating func take(_ error: CompletionError, _ now: Int) -> [Action] {
        if !isAnswered, error.saysContextIsFull { return [.shorten] }
        if !isAnswered, error.code == CompletionError.unreachableCode, failedCalls < Limits.repeatedCalls {
            failedCalls += 1
            return [.call(after: Limits.repeatedCallMilliseconds)]
        }
        return fail(Message.Failure(code: error.code, message: error.message), now)
    }

    // MARK: Ends

    /// What comes again is not what is stored: another engine, or other settings, since the restart.
    private mutating func interrupted(_ now: Int) -> [Action] {
        let failure = Message.Failure(
            code: "interrupted",
            message: "The server was restarted in the middle of this answer, and the model would now answer otherwise: "
                + "continue it to go on from here.")
        return [.cancelCall] + fail(failure, now)
    }

    private mutating func fail(_ failure: Message.Failure, _ now: Int) -> [Action] {
        message.error = failure
        return end(.failed, now)
    }

    private mutating func end(_ state: Message.State, _ now: Int) -> [Action] {
        phase = .ended
        progress = nil
        message.state = state
        // Not before: that it is there tells an answer that has ended once from one that has not (see `+Life`).
        message.timing = Message.Timing(firstToken: firstToken, total: max(0, now - startedAt))
        return [.end]
    }

    /// The text cannot be stored, and the program ends.
    mutating func lose() {
        phase = .ended
        message.state = .failed
        message.error = Message.Failure(
            code: "disk_full", message: "The server ended and could not store this answer: copy what you need of it.")
    }
}

extension Message.Usage {
    /// The usage of an answer that was continued: the second prompt holds the first answer.
    fileprivate func added(to before: Message.Usage?) -> Message.Usage {
        guard let before, prompt >= before.prompt else { return self }
        return Message.Usage(
            prompt: before.prompt, cached: before.cached, completion: prompt - before.prompt + completion)
    }
}
