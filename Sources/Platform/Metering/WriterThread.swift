internal import Dispatch
internal import Foundation
internal import Glibc
internal import Synchronization

/// The ledger's own thread, which gives way to all others: a commit of hundreds of entries takes milliseconds, and on
/// few cores it must not stand in the way of requests.
final class WriterThread: Sendable {
    private struct Job {
        var due: DispatchTime
        var run: @Sendable () -> Void
    }

    private final class Inbox: Sendable {
        let state = Mutex((jobs: [Job](), isEnded: false))
        let signal = DispatchSemaphore(value: 0)
    }

    private let inbox = Inbox()

    init() {
        let inbox = inbox
        Thread.detachNewThread {
            // 0: the calling thread.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Limits.writerNiceness)
            while let job = Self.next(inbox) { job() }
        }
    }

    deinit {
        inbox.state.withLock { $0.isEnded = true }
        inbox.signal.signal()
    }

    /// Runs jobs one after the other, the earliest first.
    func perform(after delay: DispatchTimeInterval = .nanoseconds(0), _ run: @escaping @Sendable () -> Void) {
        let job = Job(due: .now() + delay, run: run)
        inbox.state.withLock { $0.jobs.append(job) }
        inbox.signal.signal()
    }

    /// Waits for the next job; nil when there is none and will be none.
    private static func next(_ inbox: Inbox) -> (@Sendable () -> Void)? {
        while true {
            let (job, wait) = inbox.state.withLock { state -> ((@Sendable () -> Void)?, DispatchTime?) in
                guard let place = state.jobs.indices.min(by: { state.jobs[$0].due < state.jobs[$1].due }) else {
                    return (nil, state.isEnded ? nil : .distantFuture)
                }
                guard state.jobs[place].due > .now() else { return (state.jobs.remove(at: place).run, .now()) }
                return (nil, state.jobs[place].due)
            }
            if let job { return job }
            guard let wait else { return nil }
            _ = inbox.signal.wait(timeout: wait)
        }
    }
}
