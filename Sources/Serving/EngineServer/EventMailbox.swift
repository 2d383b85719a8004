import Engine
import OpenAIAPI
import Synchronization

/// Where the engine's events wait for the connection that writes them.
///
/// All events that came since the last look are taken at once, so that a connection which is slower than the engine
/// makes fewer and larger writes. It holds at most one answer's tokens. One task takes; any may put.
final class EventMailbox: Sendable {
    private struct State {
        var events: [GenerationEvent] = []
        /// Streams that still deliver.
        var openStreams: Int
        var failure: APIError?
        var waiter: CheckedContinuation<Void, Never>?

        var isReady: Bool { !events.isEmpty || openStreams == 0 || failure != nil }

        mutating func takeWaiterIfReady() -> CheckedContinuation<Void, Never>? {
            guard isReady else { return nil }
            defer { waiter = nil }
            return waiter
        }
    }

    private let state: Mutex<State>

    init(streams: Int) { state = Mutex(State(openStreams: streams)) }

    func put(_ event: GenerationEvent) {
        change { $0.events.append(event) }
    }

    /// One of the streams has delivered its last event.
    func closeStream() {
        change { $0.openStreams -= 1 }
    }

    /// Ends the answer; the first failure stands, and events that were not taken are dropped.
    func fail(_ error: APIError) {
        change { state in
            guard state.failure == nil, state.openStreams > 0 else { return }
            state.failure = error
            state.events = []
        }
    }

    /// Waits for events; nil when all streams have ended.
    func take() async throws(APIError) -> [GenerationEvent]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { $0.waiter = continuation }
            }
        } onCancel: {
            fail(.requestCancelled)
        }
        let (events, failure) = state.withLock { state in
            defer { state.events = [] }
            return (state.events, state.failure)
        }
        if let failure { throw failure }
        return events.isEmpty ? nil : events
    }

    /// Changes the state, and wakes the taker outside of the lock.
    private func change(_ body: (inout State) -> Void) {
        let waiter = state.withLock { state in
            body(&state)
            return state.takeWaiterIfReady()
        }
        waiter?.resume()
    }
}
