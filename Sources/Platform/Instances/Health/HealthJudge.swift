package import Control

/// Decides from probes what to tell of an instance's health, and when to look again.
///
/// | state | probe succeeds | probe fails | third failure in a row |
/// | --- | --- | --- | --- |
/// | starting | healthy | look again, ever less often | unhealthy for a remote API, else nothing |
/// | ready | – | look again soon | unhealthy |
/// | unhealthy | healthy | – | – |
///
/// A local start that never succeeds is for the owner to end: only it knows how long a start may take.
package struct HealthJudge: Sendable {
    package struct Pace: Sendable {
        /// Between probes of a start: at first, and at the most.
        package var start: Duration
        package var longestStart = Limits.longestStartPause
        package var ready = Limits.readyPause
        package var retry = Limits.retryPause
        /// Failures of a start are told too.
        package var tellsFailedStart = false

        package static let native = Pace(start: Limits.nativeStartPause)
        package static let command = Pace(start: Limits.commandStartPause)
        package static let remote = Pace(
            start: Limits.retryPause, ready: Limits.remotePause, tellsFailedStart: true)
    }

    private enum State { case starting, ready, unhealthy }
    private let pace: Pace
    private var state = State.starting
    private var failures = 0
    /// How long to wait before the next probe.
    package private(set) var pause: Duration

    package init(pace: Pace) {
        self.pace = pace
        pause = pace.start
    }

    /// - Returns: what to tell, if anything.
    package mutating func handle(_ result: ProbeResult) -> InstanceEvent? {
        guard result != .healthy else {
            failures = 0
            pause = pace.ready
            defer { state = .ready }
            return state == .ready ? nil : .healthy
        }
        failures += 1
        switch state {
        case .starting: pause = slower()
        case .ready: pause = pace.retry
        case .unhealthy: pause = pace.ready
        }
        let isTold = state == .ready || state == .starting && pace.tellsFailedStart
        guard isTold, failures == Limits.failuresUntilUnhealthy else { return nil }
        state = .unhealthy
        return .unhealthy("its health check \(result.description), \(failures) times in a row")
    }

    /// Eager at first, because whoever waits for a start waits for the next probe too; then each pause a tenth longer.
    private func slower() -> Duration {
        let isEager = pace.start * failures < Limits.nativeStartPause * Limits.eagerProbes
        return isEager ? pace.start : min(pause * 11 / 10, pace.longestStart)
    }
}
