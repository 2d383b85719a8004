package import Engine
import Synchronization
package import Tokenization

/// An engine without a model: it says what it was told to say, and remembers what it was asked.
package final class FakeGenerator: TextGenerator {
    /// What every choice answers.
    package struct Script: Sendable {
        /// One event and one token each.
        package var pieces: [String]
        package var reason = GenerationEvent.Finish.Reason.stop
        package var matchedStop: String?
        /// Thrown after the pieces, instead of a finish.
        package var failure: EngineError?
        /// Whether pieces and finish wait for `send` and `finish`.
        package var isManual = false

        package init(_ pieces: [String]) { self.pieces = pieces }
    }

    private struct State {
        var script: Script
        var refusal: EngineError?
        var requests: [GenerationRequest] = []
        var open: [Int: AsyncThrowingStream<GenerationEvent, any Error>.Continuation] = [:]
        var cancelled = 0
        var isDraining = false
        var waiters: [(isMet: @Sendable (borrowing State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    package let model: ModelDescription
    private let state: Mutex<State>

    /// - Parameter thinks: whether its prompts end with the opening of a thought.
    package init(
        _ script: Script = Script(["Hel", "lo"]), contextLength: Int = 128, isChat: Bool = true,
        thinks: Bool = false, samplingDefaults: SamplingDefaults = SamplingDefaults()
    ) throws {
        let marks = thinks ? ByteVocabulary.deepSeekR1Marks : ByteVocabulary.chatMLMarks
        let chatFormat = try thinks ? ByteVocabulary.deepSeekR1() : ByteVocabulary.chatML()
        model = ModelDescription(
            name: "fake-model", contextLength: contextLength, fingerprint: "fake-fingerprint",
            tokenizer: try ByteVocabulary.tokenizer(marks: marks), chatFormat: isChat ? chatFormat : nil,
            samplingDefaults: samplingDefaults)
        state = Mutex(State(script: script))
    }

    package func generate(
        _ request: GenerationRequest
    ) throws(EngineError) -> AsyncThrowingStream<GenerationEvent, any Error> {
        if let refusal = state.withLock({ $0.isDraining ? EngineError(.draining, "draining") : $0.refusal }) {
            throw refusal
        }
        guard request.prompt.count < model.contextLength else {
            throw EngineError(
                .contextLengthExceeded, "\(request.prompt.count) tokens, but the context holds \(model.contextLength)")
        }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
        let (number, script) = state.withLock { state in
            state.requests.append(request)
            state.open[state.requests.count] = continuation
            return (state.requests.count, state.script)
        }
        continuation.onTermination = { [weak self] reason in
            self?.change { state in
                state.open[number] = nil
                if case .cancelled = reason { state.cancelled += 1 }
            }
        }
        change { _ in }
        if !script.isManual { Self.play(script, request.choices, continuation) }
        return stream
    }

    package func statistics() -> EngineStatistics {
        var statistics = EngineStatistics()
        statistics.runningSequences = state.withLock { $0.open.count }
        statistics.totalBlocks = 10
        statistics.usedBlocks = 5
        return statistics
    }

    package func drain() async {
        change { $0.isDraining = true }
        await wait { $0.open.isEmpty }
    }

    private static func play(
        _ script: Script, _ choices: Int, _ continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    ) {
        for piece in script.pieces {
            for choice in 0..<choices { continuation.yield(event(piece, choice)) }
        }
        if let failure = script.failure {
            continuation.finish(throwing: failure)
            return
        }
        for choice in 0..<choices { continuation.yield(finish(script, choice)) }
        continuation.finish()
    }

    private static func event(_ text: String, _ choice: Int) -> GenerationEvent {
        GenerationEvent(choice: choice, text: text, tokens: [TokenID(65)])
    }

    private static func finish(_ script: Script, _ choice: Int) -> GenerationEvent {
        let timings = GenerationEvent.Timings(queued: 0.25, prefill: 0.5, decode: 1)
        return GenerationEvent(
            choice: choice, text: "", tokens: [],
            finish: GenerationEvent.Finish(reason: script.reason, matchedStop: script.matchedStop, timings: timings))
    }
}

extension FakeGenerator {
    package var requests: [GenerationRequest] { state.withLock { $0.requests } }
    package var cancelled: Int { state.withLock { $0.cancelled } }

    /// Makes every request fail from now on.
    package func refuse(_ error: EngineError?) { change { $0.refusal = error } }

    /// What requests from now on answer.
    package func play(_ script: Script) { change { $0.script = script } }

    /// Puts out a piece on all open requests, choice 0.
    package func send(_ piece: String) {
        for continuation in state.withLock({ Array($0.open.values) }) { continuation.yield(Self.event(piece, 0)) }
    }

    /// Ends all open requests as the script says, choice 0.
    package func finish() {
        let (open, script) = state.withLock { (Array($0.open.values), $0.script) }
        for continuation in open {
            continuation.yield(Self.finish(script, 0))
            continuation.finish()
        }
    }

    package func waitForRequests(_ count: Int) async { await wait { $0.requests.count >= count } }
    package func waitForDrain() async { await wait { $0.isDraining } }
    package func waitForCancellations(_ count: Int) async { await wait { $0.cancelled >= count } }

    private func wait(until isMet: @escaping @Sendable (borrowing State) -> Bool) async {
        await withCheckedContinuation { continuation in
            change { $0.waiters.append((isMet, continuation)) }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let met = state.withLock { state in
            body(&state)
            let met = state.waiters.filter { $0.isMet(state) }
            state.waiters = state.waiters.filter { !$0.isMet(state) }
            return met
        }
        for waiter in met { waiter.continuation.resume() }
    }
}
