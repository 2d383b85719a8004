import Control
import Testing

@Suite struct InstanceLifecycleTests {
    typealias Event = InstanceLifecycle.Event

    /// What each state makes of each event, as the type's own table says; nil: it stays.
    private static let table: [InstanceState: [Event: InstanceState]] = [
        .starting: [
            .healthy: .ready, .drain: .draining, .condemn: .draining, .exited: .failed, .launchFailed: .failed,
        ],
        .ready: [.drain: .draining, .condemn: .draining, .exited: .failed, .launchFailed: .failed],
        .draining: [.revive: .ready, .exited: .stopped, .launchFailed: .failed],
        .stopped: [:],
        .failed: [:],
    ]

    private static func instance(in state: InstanceState) -> InstanceLifecycle {
        var life = InstanceLifecycle()
        _ = life.handle(.launched)
        let path: [Event] =
            switch state {
            case .starting: []
            case .ready: [.healthy]
            case .draining: [.healthy, .drain]
            case .stopped: [.healthy, .drain, .exited]
            case .failed: [.exited]
            }
        for event in path { _ = life.handle(event) }
        return life
    }

    @Test("answers every event in every state as its table says", arguments: InstanceState.allCases, Event.allCases)
    func everyPair(state: InstanceState, event: Event) {
        var life = Self.instance(in: state)
        #expect(life.state == state)
        let old = life.handle(event)
        let expected = Self.table[state]?[event]
        #expect(life.state == expected ?? state)
        #expect(old == (expected == nil ? nil : state))
    }

    @Test("is not ready before it was launched")
    func healthyTooEarly() {
        var life = InstanceLifecycle()
        #expect(life.handle(.healthy) == nil)
        _ = life.handle(.launched)
        #expect(life.handle(.healthy) == .starting)
    }

    @Test("is not revived when it was told to end, when it is broken, or when it was never ready")
    func revive() {
        for last in [Event.end, .condemn] {
            var life = Self.instance(in: .draining)
            _ = life.handle(last)
            #expect(life.handle(.revive) == nil)
        }
        var unready = InstanceLifecycle()
        _ = unready.handle(.drain)
        #expect(unready.handle(.revive) == nil)
    }

    @Test("has failed, not stopped, when it drained because it was broken")
    func condemned() {
        var life = Self.instance(in: .ready)
        _ = life.handle(.condemn)
        _ = life.handle(.exited)
        #expect(life.state == .failed)
    }

    @Test("never comes back to life, whatever is told in whatever order up to five events")
    func everySequence() {
        func walk(_ life: InstanceLifecycle, _ depth: Int) {
            for event in Event.allCases {
                var next = life
                _ = next.handle(event)
                if !life.isLive { #expect(next == life) }
                if next.state == .ready { #expect(next.isLaunched && !next.isEnding && !next.isCondemned) }
                if depth > 1 { walk(next, depth - 1) }
            }
        }
        walk(InstanceLifecycle(), 5)
    }
}
