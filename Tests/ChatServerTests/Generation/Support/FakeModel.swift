import ChatServer
import Synchronization

/// A model of which a test says what it answers, call by call.
final class FakeModel: CompletionClient, TranscriptionClient {
    /// One call, answered by the test.
    struct Call: Sendable {
        let request: CompletionCall
        fileprivate let answers: AsyncThrowingStream<[CompletionEvent], any Error>.Continuation
        /// Ends when the call was ended from the other side.
        let cancelled: Mailbox<Void>

        func say(_ text: String) { answers.yield([.text(text)]) }
        func tell(_ events: CompletionEvent...) { answers.yield(events) }
        func end(_ reason: String = "stop", usage: (prompt: Int, completion: Int)? = nil) {
            answers.yield([.finished(reason)])
            if let usage {
                answers.yield([.usage(.init(prompt: usage.prompt, cached: 0, completion: usage.completion))])
            }
            answers.finish()
        }
        func fail(_ code: String, _ message: String = "No.", status: Int = 400) {
            answers.finish(throwing: CompletionError(status: status, code: code, message: message))
        }
    }

    let calls = Mailbox<Call>()
    let recordings = Mailbox<(body: [UInt8], type: String, caller: String)>()
    private let answer: (@Sendable (CompletionCall) -> [CompletionEvent])?

    /// - Parameter answer: nil: the test answers each call itself.
    init(answer: (@Sendable (CompletionCall) -> [CompletionEvent])? = nil) { self.answer = answer }

    func stream(
        _ call: CompletionCall, take: @escaping @Sendable ([CompletionEvent]) async -> Void
    ) async throws {
        if let answer {
            for event in answer(call) { await take([event]) }
            return
        }
        let (answers, source) = AsyncThrowingStream.makeStream(of: [CompletionEvent].self)
        let cancelled = Mailbox<Void>()
        source.onTermination = { if case .cancelled = $0 { cancelled.put(()) } }
        calls.put(Call(request: call, answers: source, cancelled: cancelled))
        for try await events in answers { await take(events) }
        try Task.checkCancellation()
    }

    func transcribe(_ body: [UInt8], contentType: String, caller: String) async throws -> String {
        recordings.put((body, contentType, caller))
        return "said"
    }
}

/// Things that happen elsewhere, for a test to wait for, in order.
final class Mailbox<Element: Sendable>: Sendable {
    private let elements: AsyncStream<Element>
    private let source: AsyncStream<Element>.Continuation

    init() { (elements, source) = AsyncStream.makeStream() }

    func put(_ element: Element) { source.yield(element) }

    /// Waits for the next one; for one task at a time. The suite's time limit is its deadline.
    func next() async throws -> Element {
        for await element in elements { return element }
        throw CancellationError()
    }
}

/// Models of which a test says how they are.
final class FakeDirectory: ModelDirectory {
    private let state: Mutex<(models: [ModelState], woken: [String])>

    init(_ models: [ModelState] = [ModelState(id: "m", state: .ready, instances: 1, contextLength: 4_096)]) {
        state = Mutex((models, []))
    }

    func models() -> [ModelState] { state.withLock { $0.models } }
    func set(_ models: [ModelState]) { state.withLock { $0.models = models } }
    var woken: [String] { state.withLock { $0.woken } }

    func wake(_ id: String) -> Bool {
        state.withLock { state in
            guard state.models.contains(where: { $0.id == id }) else { return false }
            state.woken.append(id)
            return true
        }
    }
}
