import Control
import Metering
import Storage
import TestSupport

/// The ledger's real buffer and recorder, over a table on a disk that fills up and a machine that may stop at any
/// moment, with a wall clock that jumps.
struct SimulatedLedger {
    struct Table {
        var requests: [String: RequestEntry] = [:]
        var spans: [String: InstanceSpan] = [:]

        mutating func write(_ group: [LedgerRecord]) {
            for record in group {
                switch record {
                case .request(let entry): requests[entry.id] = entry
                case .span(let span): spans["\(span.instance) \(span.kind) \(span.start)"] = span
                case .terms: break
                }
            }
        }

        func generated(by service: String) -> Int {
            requests.values.reduce(0) { $0 + ($1.service == service ? $1.generatedTokens : 0) }
        }

        func time(of instance: InstanceID, _ kinds: Set<InstanceSpan.Kind>) -> Int {
            spans.values.reduce(0) { $0 + ($1.instance == "\(instance)" && kinds.contains($1.kind) ? $1.duration : 0) }
        }
    }
    private(set) var table = Table()
    private var buffer = LedgerBuffer()
    private var recorder = SpanRecorder()
    private var committing: [LedgerRecord]?
    private var lastHeartbeat = Duration.zero
    /// Microseconds that the wall clock is ahead of the true one.
    var wallOffset = 0
    var isDiskFull = false
    /// When the writer has to look next; taken by whoever adds the event.
    private var wakeAt: Duration?

    func time(_ now: Duration) -> LedgerTime {
        LedgerTime(wall: 1_700_000_000_000_000 + wallOffset + Int(now / .microseconds(1)), uptime: now)
    }

    mutating func takeWake() -> Duration? {
        defer { wakeAt = nil }
        return wakeAt
    }

    private mutating func append(_ record: LedgerRecord, now: Duration) {
        if let time = buffer.append(record, now: now) { wakeAt = min(wakeAt ?? time, time) }
    }

    mutating func settled(_ request: SettledRequest, now: Duration) {
        let (name, usage, status): (String, TokenUsage, Int) =
            switch request.outcome {
            case .completed(let usage, let status, _): ("completed", usage, status)
            case .clientGone(let usage): ("client_gone", usage, 499)
            case .failed(let usage, let code): (code, usage, 503)
            }
        append(
            .request(
                RequestEntry(
                    id: "\(request.id.rawValue)", service: request.service, caller: request.tenant,
                    instance: request.instance.map { "\($0)" }, time: 0, outcome: name, status: status,
                    promptTokens: usage.prompt, cachedTokens: usage.cached, generatedTokens: usage.generated,
                    wastedTokens: usage.wasted, waited: request.waited / .seconds(1), timeToFirstToken: nil,
                    duration: request.duration / .seconds(1), attempts: request.attempts)), now: now)
    }

    mutating func changed(_ id: InstanceID, to state: InstanceState, now: Duration) {
        let phase: SpanRecorder.Phase =
            switch state {
            case .starting: .starting
            case .ready: .ready
            case .draining: .draining
            case .stopped, .failed: .ended
            }
        for span in recorder.instance("\(id)", of: id.service, became: phase, now: time(now)) {
            append(.span(span), now: now)
        }
    }

    mutating func occupied(_ id: InstanceID, _ isBusy: Bool, now: Duration) {
        recorder.instance("\(id)", isBusy: isBusy, now: time(now))
    }

    mutating func heartbeat(now: Duration) {
        guard now - lastHeartbeat >= .seconds(10) else { return }
        lastHeartbeat = now
        for span in recorder.heartbeat(now: time(now)) { append(.span(span), now: now) }
    }

    /// The writer looks. True: it has begun to write, and says how it went in a moment.
    mutating func look(now: Duration) -> Bool {
        switch buffer.next(now: now) {
        case .commit(let group):
            committing = group
            return true
        case .wait(let time):
            if let time { wakeAt = min(wakeAt ?? time, time) }
            return false
        }
    }

    /// The write ended. One that failed may have been written all the same.
    mutating func ended(now: Duration, random: inout SeededGenerator) {
        guard let group = committing else { return }
        committing = nil
        if !isDiskFull || random.chance(100) { table.write(group) }
        if isDiskFull {
            _ = buffer.failed(StorageError(.diskFull, "no space is left"), now: now)
        } else {
            _ = buffer.succeeded()
        }
        wakeAt = now
    }

    /// The process ends at its leisure.
    mutating func close(now: Duration) {
        for span in recorder.heartbeat(now: time(now)) { append(.span(span), now: now) }
        if let group = committing {
            table.write(group)
            _ = buffer.succeeded()
        }
        committing = nil
        while case .commit(let group) = buffer.next(now: now, flushing: true) {
            table.write(group)
            _ = buffer.succeeded()
        }
    }

    /// The process is killed: what was being written is in the table whole, or not at all.
    mutating func die(random: inout SeededGenerator) {
        if let group = committing, random.chance(500) { table.write(group) }
        committing = nil
        buffer = LedgerBuffer()
        recorder = SpanRecorder()
        wakeAt = nil
    }
}
