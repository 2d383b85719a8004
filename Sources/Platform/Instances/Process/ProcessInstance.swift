import Glibc
import Synchronization

/// A started process and what is wished for it. Signals wait until it runs, and none is sent once it is gone: its
/// number may be another's by then.
final class ProcessInstance: RunningInstance {
    private enum Phase {
        case starting(pending: Int32?)
        case running(pid_t)
        case gone
    }

    private struct State {
        var phase = Phase.starting(pending: nil)
        var wish = ExitSentence.Wish.none
    }

    private let state = Mutex(State())
    private let isKept: Bool
    private let gracePeriod: Duration

    init(isKept: Bool, gracePeriod: Duration) {
        self.isKept = isKept
        self.gracePeriod = gracePeriod
    }

    func terminate() {
        guard wish(for: .end, signal: SIGTERM) else { return }
        Task { [self, gracePeriod] in
            try? await Task.sleep(for: gracePeriod + Limits.killDelay)
            kill()
        }
    }

    func kill() {
        // A keeper has to live to end what it keeps; if it cannot, it dies, and what it kept is searched for.
        guard wish(for: .kill, signal: isKept ? SIGQUIT : SIGKILL), isKept else { return }
        Task { [self] in
            try? await Task.sleep(for: Limits.keeperEnd)
            send(SIGKILL)
        }
    }

    func usage() -> InstanceUsage? {
        guard case .running(let pid) = state.withLock({ $0.phase }) else { return nil }
        return InstanceUsage.measure(pid)
    }

    // MARK: What the driver asks and tells

    var isEnding: Bool { state.withLock { $0.wish != .none } }

    func started(_ pid: pid_t) {
        state.withLock { state in
            if case .starting(let pending?) = state.phase { Glibc.kill(-pid, pending) }
            state.phase = .running(pid)
        }
    }

    /// - Returns: what had been wished.
    func ended() -> ExitSentence.Wish {
        state.withLock { state in
            state.phase = .gone
            return state.wish
        }
    }

    // MARK: -

    /// - Returns: false if it was wished before, or is gone.
    private func wish(for wish: ExitSentence.Wish, signal: Int32) -> Bool {
        let isNew = state.withLock { state in
            if case .gone = state.phase { return false }
            guard state.wish != wish, state.wish != .kill else { return false }
            state.wish = wish
            return true
        }
        if isNew { send(signal) }
        return isNew
    }

    private func send(_ signal: Int32) {
        state.withLock { state in
            switch state.phase {
            case .starting: state.phase = .starting(pending: signal)
            // Each instance leads a process group of its own.
            case .running(let pid): Glibc.kill(-pid, signal)
            case .gone: break
            }
        }
    }
}
