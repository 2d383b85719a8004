/// The life of one instance as a state machine: what each state makes of each event.
///
/// | event          | starting | ready    | draining            | stopped, failed |
/// | -------------- | -------- | -------- | ------------------- | --------------- |
/// | `launched`     | noted    | –        | –                   | –               |
/// | `healthy`      | ready ¹  | –        | –                   | –               |
/// | `drain`        | draining | draining | –                   | –               |
/// | `condemn`      | draining | draining | noted               | –               |
/// | `revive`       | –        | –        | ready ²             | –               |
/// | `end`          | –        | –        | noted               | –               |
/// | `exited`       | failed   | failed   | stopped or failed ³ | –               |
/// | `launchFailed` | failed   | failed   | failed              | –               |
///
/// ¹ only after `launched`: before, nobody knows where it is. ² only one that was ready, that nobody told to end, and
/// that is not condemned. ³ failed when it was condemned: it drained because it was broken.
///
/// An unhealthy instance stays ready: whether it gets requests is a matter of routing, and it may recover.
package struct InstanceLifecycle: Sendable, Equatable {
    package enum Event: Sendable, CaseIterable {
        case launched, healthy, drain, condemn, revive, end, exited, launchFailed
    }
    package private(set) var state = InstanceState.starting
    package private(set) var isLaunched = false
    /// It was ready once.
    package private(set) var wasReady = false
    /// It ends because it is broken.
    package private(set) var isCondemned = false
    /// It was told to end, by a signal.
    package private(set) var isEnding = false

    package init() {}

    /// Whether the instance holds resources of the machine.
    package var isLive: Bool { state == .starting || state == .ready || state == .draining }

    /// The state that it left, if the event moved it.
    package mutating func handle(_ event: Event) -> InstanceState? {
        let old = state
        switch (state, event) {
        case (.stopped, _), (.failed, _): break
        case (.starting, .launched): isLaunched = true
        case (.starting, .healthy) where isLaunched:
            state = .ready
            wasReady = true
        case (.starting, .drain), (.ready, .drain): state = .draining
        case (_, .condemn):
            state = .draining
            isCondemned = true
        case (.draining, .revive) where wasReady && !isEnding && !isCondemned: state = .ready
        case (.draining, .end): isEnding = true
        case (.draining, .exited): state = isCondemned ? .failed : .stopped
        case (_, .exited), (_, .launchFailed): state = .failed
        case (.starting, _), (.ready, _), (.draining, _): break
        }
        return state == old ? nil : old
    }
}
