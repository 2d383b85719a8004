import CProcess
import Glibc

/// Runs a program and answers for every process that comes of it: `pronk keep`.
///
/// It lives as long as its lease, which is its standard input, and leaves no process behind: orphans of the program
/// come to it, also those that made a session of their own, and it ends when there is none left. It starts the program
/// itself and not through swift-subprocess, because it has to wait for whatever process ends, to set limits between
/// fork and exec, and to have the program killed should it be killed itself.
package struct Keeper {
    private let program: KeptProgram
    private let say: (String) -> Void
    private var life: KeeperLife
    private var root: pid_t = 0
    private var isLeaseOpen = true

    /// - Parameter say: tells the user, on standard error.
    package init(_ program: KeptProgram, say: @escaping (String) -> Void) {
        self.program = program
        self.say = say
        life = KeeperLife(grace: program.grace)
    }

    /// Returns the status to exit with: the program's, 128 and the number for a signal.
    package mutating func run() throws(InstancesError) -> Int32 {
        let signals = try KeeperSignals()
        let error = pk_process_adopt_orphans()
        guard error == 0 else {
            throw InstancesError(.system, "Orphans cannot be adopted: \(String(cString: strerror(error))).")
        }
        root = try program.start()
        while true {
            if let status = reap() { return status }
            wait(signals.descriptor)
            for number in signals.take() where number != SIGCHLD {
                perform(number == SIGQUIT ? .killAsked : .asked(signal: number))
            }
            if isLeaseOpen, isLeaseClosed() {
                isLeaseOpen = false
                perform(.leaseClosed)
            }
            perform(.timePassed)
            lookAtMemory()
            // Again and again: while some are killed, others may be born.
            if life.isKilling { killAll() }
        }
    }

    /// Waits for signals, the lease, or what is due.
    private func wait(_ signals: Int32) {
        var pause: Duration? = life.deadline.map { max(.zero, $0 - Self.now) }
        if program.memoryBytes != nil { pause = min(pause ?? Limits.memoryLookPause, Limits.memoryLookPause) }
        if life.isKilling { pause = .milliseconds(10) }
        var descriptors = [
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            // A negative descriptor is passed over.
            pollfd(fd: isLeaseOpen ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = pause.map {
            Int32(clamping: $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000 + 1)
        }
        poll(&descriptors, nfds_t(descriptors.count), milliseconds ?? -1)
    }

    /// Whatever the owner writes is read and dropped.
    private func isLeaseClosed() -> Bool {
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, 0) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }

    /// Takes note of processes that have ended.
    /// - Returns: the status to exit with, once none is left.
    private mutating func reap() -> Int32? {
        while true {
            var status: Int32 = 0
            let pid = waitpid(-1, &status, WNOHANG)
            if pid < 0, errno == EINTR { continue }
            if pid == 0 { return nil }
            guard pid > 0 else {
                guard case .exit(let status) = life.handle(.noneLeft, now: Self.now) else { return nil }
                return status
            }
            let signal = status & 0x7F
            if pid == root { perform(.programEnded(status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal)) }
        }
    }

    private mutating func perform(_ event: KeeperLife.Event) {
        switch life.handle(event, now: Self.now) {
        case .none, .exit: break
        case .forward(let signal): kill(-root, signal)
        case .endAll: signalAll(SIGTERM)
        case .killAll: killAll()
        }
    }

    /// Orphans first, who come to us one by one and are found at once: a program that forks and exits over and over is
    /// faster than a look at all processes.
    private func killAll() {
        var known: [pid_t] = []
        for _ in 0..<Limits.orphanRounds {
            let orphans = ProcessTable.children(of: getpid())
            if orphans == known { break }
            for pid in orphans { kill(pid, SIGKILL) }
            known = orphans
        }
        signalAll(SIGKILL)
    }

    /// To whole groups: the kernel signals a group at once, so that none of it can fork away meanwhile.
    private func signalAll(_ signal: Int32) {
        let own = getpgrp()
        let all = ProcessTable().descendants(of: getpid()).filter { !$0.isZombie }
        for group in Set(all.map(\.group)) where group != own && group > 1 { send(signal, to: -group) }
        for process in all where process.group == own { send(signal, to: process.pid) }
    }

    private func send(_ signal: Int32, to target: pid_t) {
        kill(target, signal)
        // One that was stopped hears of its end only when it goes on.
        if signal == SIGTERM { kill(target, SIGCONT) }
    }

    private mutating func lookAtMemory() {
        guard let limit = program.memoryBytes, !life.isKilling else { return }
        let all = ProcessTable().descendants(of: getpid())
        // The quick look counts pages that processes share once for each; it only says whether to look closely.
        guard all.reduce(0, { $0 + InstanceUsage.residentBytes($1.pid) }) > limit else { return }
        let used = all.reduce(0) { $0 + InstanceUsage.proportionalBytes($1.pid) }
        guard used > limit else { return }
        say(
            "The program uses \(used) bytes of memory and may use \(limit): it is killed. "
                + "Raise its memory if it needs more."
        )
        perform(.memoryExceeded)
    }

    private static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
