import Glibc
import Synchronization

/// The only thing that the engine's thread shares with the others.
final class Mailbox: Sendable {
    enum Command: Sendable {
        case submit(ticket: Int, GenerationRequest, any GenerationSink)
        case cancel(ticket: Int)
        case stop
    }

    private struct State {
        var commands: [Command] = []
        var nextTicket = 0
        /// Sequences that were admitted and are not finished.
        var active = 0
        var isDraining = false
        var drained: [CheckedContinuation<Void, Never>] = []
        var statistics = EngineStatistics()
    }

    private let state = Mutex(State())
    private let signal = Signal()

    /// Takes room for a request and returns the number that it is known by, or says why there is none.
    func admit(sequences: Int, limit: Int) throws(EngineError) -> Int {
        let admitted: Int? = try state.withLock { state throws(EngineError) in
            if state.isDraining {
                throw EngineError(.draining, "the engine is shutting down and takes no new requests")
            }
            guard state.active + sequences <= limit else { return nil }
            state.active += sequences
            state.nextTicket += 1
            return state.nextTicket
        }
        guard let admitted else {
            throw EngineError(.queueFull, "\(limit) sequences are queued already; try again later")
        }
        return admitted
    }

    func post(_ command: Command) {
        state.withLock { $0.commands.append(command) }
        signal.raise()
    }

    /// Refuses new requests; resumes `continuation` when none is left.
    func drain(_ continuation: CheckedContinuation<Void, Never>) {
        let isIdle = state.withLock { state in
            state.isDraining = true
            if state.active > 0 { state.drained.append(continuation) }
            return state.active == 0
        }
        if isIdle { continuation.resume() }
    }

    var statistics: EngineStatistics { state.withLock { $0.statistics } }

    // MARK: - The engine thread's side

    /// What was posted since the last call.
    func takeCommands() -> [Command] {
        state.withLock { state in
            guard !state.commands.isEmpty else { return [] }
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Returns when something was posted since the last `takeCommands`.
    func wait() {
        signal.wait { state.withLock { !$0.commands.isEmpty } }
    }

    func publish(_ statistics: EngineStatistics, finished: Int) {
        let drained = state.withLock { state in
            state.statistics = statistics
            state.active -= finished
            guard state.isDraining && state.active == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.drained = [] }
            return state.drained
        }
        for continuation in drained { continuation.resume() }
    }
}

/// A condition that one thread sleeps on.
private final class Signal: @unchecked Sendable {
    // The pointers are constant and what they point to is made for use by several threads.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    func raise() {
        pthread_mutex_lock(mutex)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    func wait(until isReady: () -> Bool) {
        pthread_mutex_lock(mutex)
        while !isReady() { pthread_cond_wait(condition, mutex) }
        pthread_mutex_unlock(mutex)
    }
}
