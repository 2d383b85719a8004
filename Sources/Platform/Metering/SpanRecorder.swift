/// Makes spans of what happens to instances. Pure: time comes in, spans to be written come out.
///
/// A span is written when an instance changes its phase and at every heartbeat, each time as far as it has come. So a
/// killed platform loses one heartbeat at most, and nothing is left open that the next start would have to close.
package struct SpanRecorder: Sendable {
    package enum Phase: String, Sendable, CaseIterable {
        case starting, ready, draining, ended
    }

    /// One instance's time since it was last written.
    fileprivate struct Life: Sendable {
        var service: String
        var phase: Phase
        var isBusy = false
        /// Where the stretch began, on the calendar and on the clock.
        var start: Int
        var startUptime: Duration
        /// Up to when the stretch is counted below.
        var counted: Duration
        var idle = Duration.zero
        var busy = Duration.zero
        /// What was written last, if the next stretch may prolong it.
        var last: InstanceSpan?
    }

    private var lives: [String: Life] = [:]

    package init() {}

    /// Names of the instances that live.
    package var instances: [String] { lives.keys.sorted() }

    /// An instance reached a phase. Repeating one changes nothing.
    package mutating func instance(
        _ name: String, of service: String, became phase: Phase, now: LedgerTime
    ) -> [InstanceSpan] {
        guard var life = lives[name] else {
            guard phase != .ended else { return [] }
            var life = Life(
                service: service, phase: phase, start: now.wall, startUptime: now.uptime, counted: now.uptime)
            // Written at once, though it has no length yet: the ledger then knows the instance's name.
            let span = InstanceSpan(
                instance: name, service: service, kind: life.kind, start: now.wall, end: now.wall)
            life.last = span
            lives[name] = life
            return [span]
        }
        guard life.phase != phase else { return [] }
        let spans = life.close(name, now: now)
        life.phase = phase
        lives[name] = phase == .ended ? nil : life
        return spans
    }

    /// An instance got its first request in flight, or lost its last one.
    package mutating func instance(_ name: String, isBusy: Bool, now: LedgerTime) {
        guard let isBusyNow = lives[name]?.isBusy, isBusyNow != isBusy else { return }
        lives[name]?.count(until: now.uptime)
        lives[name]?.isBusy = isBusy
    }

    /// Time to write how far every instance has come.
    package mutating func heartbeat(now: LedgerTime) -> [InstanceSpan] {
        instances.flatMap { lives[$0]?.close($0, now: now) ?? [] }
    }
}

extension SpanRecorder.Life {
    var kind: InstanceSpan.Kind {
        switch phase {
        case .starting: .starting
        case .ready: isBusy ? .busy : .idle
        case .draining, .ended: .draining
        }
    }

    mutating func count(until uptime: Duration) {
        let passed = max(.zero, uptime - counted)
        if isBusy { busy += passed } else { idle += passed }
        counted += passed
    }

    /// Ends the stretch and begins the next. Returns what is to be written of it.
    mutating func close(_ name: String, now: LedgerTime) -> [InstanceSpan] {
        count(until: now.uptime)
        let length = (counted - startUptime).microseconds
        let end = start + length
        defer {
            // After a jump forward the calendar is right again at once; after one backward, time goes on where it was
            // until the clock has caught up, so that no moment is counted twice.
            start = now.wall - end < Limits.clockSlack ? end : now.wall
            startUptime = counted
            idle = .zero
            busy = .zero
        }
        guard length > 0 else { return [] }
        func span(_ kind: InstanceSpan.Kind, _ duration: Int? = nil) -> InstanceSpan {
            InstanceSpan(instance: name, service: service, kind: kind, start: start, end: end, duration: duration)
        }
        guard phase != .ready || idle.microseconds == 0 || busy.microseconds == 0 else {
            last = nil
            let busyTime = busy.microseconds
            return [span(.idle, length - busyTime), span(.busy, busyTime)]
        }
        var kind = kind
        if phase == .ready { kind = busy.microseconds > 0 ? .busy : .idle }
        var written = span(kind)
        if let last, last.kind == kind, last.end == start { written = last.grown(until: end) }
        last = written
        return [written]
    }
}

extension InstanceSpan {
    fileprivate func grown(until end: Int) -> InstanceSpan {
        InstanceSpan(instance: instance, service: service, kind: kind, start: start, end: end)
    }
}
