import OpenAIAPI
import Synchronization

/// The requests that are being answered, so that a server that ends can wait for them or cut them off.
final class InFlightRequests: Sendable {
    private struct State {
        var isDraining = false
        var nextNumber: UInt64 = 0
        var running: [UInt64: Weak] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// Weak, because the end of a generation is that nobody holds it any more.
    private struct Weak {
        weak var generation: RunningGeneration?
    }

    private let state = Mutex(State())

    var isDraining: Bool { state.withLock { $0.isDraining } }
    var count: Int { state.withLock { $0.running.count } }

    /// From now on new requests are refused.
    func beginDraining() { state.withLock { $0.isDraining = true } }

    /// Takes a number for a new request; `end` gives it back.
    func begin() throws(APIError) -> UInt64 {
        let number: UInt64? = state.withLock { state in
            guard !state.isDraining else { return nil }
            state.nextNumber += 1
            state.running[state.nextNumber] = Weak()
            return state.nextNumber
        }
        guard let number else { throw .serverDraining }
        return number
    }

    func attach(_ generation: RunningGeneration, to number: UInt64) {
        state.withLock { $0.running[number]?.generation = generation }
    }

    func end(_ number: UInt64) {
        state.withLock { $0.running[number] = nil }
        resumeWaiters { $0.running.isEmpty }
    }

    func cancelAll(_ error: APIError) {
        let running = state.withLock { $0.running.values.compactMap(\.generation) }
        for generation in running { generation.fail(error) }
    }

    /// Returns when nothing is in flight, or when the task is cancelled.
    func waitUntilNone() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.waiters.append(continuation) }
                resumeWaiters { $0.running.isEmpty || Task.isCancelled }
            }
        } onCancel: {
            resumeWaiters { _ in true }
        }
    }

    /// Resumes outside of the lock.
    private func resumeWaiters(if condition: (State) -> Bool) {
        let waiters = state.withLock { state in
            guard condition(state) else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
