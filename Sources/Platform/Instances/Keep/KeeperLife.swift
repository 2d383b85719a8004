/// Decides how a kept program ends.
///
/// | state | asked (SIGTERM, SIGINT) | lease closed | program ended | kill asked, memory exceeded | grace ended |
/// | --- | --- | --- | --- | --- | --- |
/// | running | forward, grace | end all, short grace | end the rest, short grace | kill all | – |
/// | ending | forward | short grace | end the rest | kill all | kill all |
/// | killing | – | – | – | – | – |
///
/// In every state: when no process is left, exit with the program's status.
package struct KeeperLife: Sendable {
    package enum Event: Sendable, Equatable {
        case asked(signal: Int32)
        case leaseClosed
        /// As a shell would say it: 128 and the number for a signal.
        case programEnded(status: Int32)
        case killAsked
        case memoryExceeded
        case noneLeft
        case timePassed
    }

    package enum Action: Sendable, Equatable {
        case none
        /// To the program's process group.
        case forward(signal: Int32)
        /// SIGTERM to every process.
        case endAll
        /// SIGKILL to every process, again and again until none is left.
        case killAll
        case exit(status: Int32)
    }

    private enum State { case running, ending, killing }
    private let grace: Duration
    private var state = State.running
    private var status: Int32?
    /// When `timePassed` is due.
    package private(set) var deadline: Duration?

    package init(grace: Duration) { self.grace = grace }

    package var isKilling: Bool { state == .killing }

    package mutating func handle(_ event: Event, now: Duration) -> Action {
        switch event {
        case .noneLeft: return .exit(status: status ?? 128 + 9)
        case .programEnded(let ended): status = ended
        default: break
        }
        guard state != .killing else { return .none }
        switch event {
        case .asked(let signal):
            end(by: now + grace)
            return .forward(signal: signal)
        case .leaseClosed, .programEnded:
            // Nobody waits for the answers of a program without an owner; and what a program leaves behind after it was
            // asked to end may be what does the work, if the program is a script.
            let isAsked = state == .ending && event != .leaseClosed
            if !isAsked { end(by: now + min(grace, Limits.leaseGrace)) }
            return .endAll
        case .killAsked, .memoryExceeded: return kill()
        case .timePassed: return deadline.map { $0 <= now } == true ? kill() : .none
        case .noneLeft: return .none
        }
    }

    private mutating func end(by time: Duration) {
        state = .ending
        deadline = min(deadline ?? time, time)
    }

    private mutating func kill() -> Action {
        state = .killing
        deadline = nil
        return .killAll
    }
}
