import Metering
import Storage
import TestSupport
import Testing

@Suite("Ledger buffer")
struct LedgerBufferTests {
    private let full = StorageError(.diskFull, "full")

    private func record(_ number: Int) -> LedgerRecord { .request(Sample.request("r\(number)")) }

    private func fill(_ buffer: inout LedgerBuffer, _ numbers: Range<Int>, now: Duration) {
        for number in numbers { _ = buffer.append(record(number), now: now) }
    }

    @Test("the first entry asks for a wake-up, the others keep it company")
    func groups() {
        var buffer = LedgerBuffer()
        #expect(buffer.next(now: .zero) == .wait(until: nil))
        #expect(buffer.append(record(0), now: .seconds(1)) == .milliseconds(1_100))
        #expect(buffer.append(record(1), now: .milliseconds(1_050)) == nil)
        #expect(buffer.next(now: .milliseconds(1_060)) == .wait(until: .milliseconds(1_100)))
        #expect(buffer.next(now: .milliseconds(1_100)) == .commit([record(0), record(1)]))
        #expect(buffer.count == 2)
        #expect(buffer.succeeded() == nil)
        #expect(buffer.count == 0)
        #expect(buffer.next(now: .seconds(9)) == .wait(until: nil))
    }

    @Test("a full group is committed at once")
    func full500() {
        var buffer = LedgerBuffer()
        fill(&buffer, 0..<499, now: .zero)
        #expect(buffer.next(now: .zero) == .wait(until: Limits.commitInterval))
        #expect(buffer.append(record(499), now: .zero) == .zero)
        guard case .commit(let group) = buffer.next(now: .zero) else { return #expect(Bool(false), "no commit") }
        #expect(group.count == 500)
    }

    @Test("what comes during a commit waits for the next one")
    func during() {
        var buffer = LedgerBuffer()
        _ = buffer.append(record(0), now: .zero)
        #expect(buffer.next(now: .zero, flushing: true) == .commit([record(0)]))
        #expect(buffer.append(record(1), now: .seconds(1)) == nil)
        #expect(buffer.succeeded() == nil)
        #expect(buffer.next(now: .seconds(1)) == .wait(until: .milliseconds(1_100)))
        #expect(buffer.next(now: .milliseconds(1_100)) == .commit([record(1)]))
    }

    @Test("a failed group comes again, after longer and longer pauses, and is reported once")
    func backsOff() {
        var buffer = LedgerBuffer()
        _ = buffer.append(record(0), now: .zero)
        var now = Duration.zero
        var pauses: [Duration] = []
        for attempt in 0..<10 {
            #expect(buffer.next(now: now, flushing: attempt == 0) == .commit([record(0)]))
            let notice = buffer.failed(full, now: now)
            #expect(notice == (attempt == 0 ? .failing(full, kept: 1, lost: 0) : nil))
            guard case .wait(let until?) = buffer.next(now: now) else { return #expect(Bool(false), "no pause") }
            pauses.append(until - now)
            now = until
        }
        #expect(pauses.first == Limits.firstBackOff)
        #expect(pauses.last == Limits.longestBackOff)
        #expect(pauses == pauses.sorted())
        #expect(buffer.next(now: now) == .commit([record(0)]))
        #expect(buffer.succeeded() == .recovered(lost: 0))
        #expect(!buffer.isFailing)
    }

    @Test("keeps as many requests as the bound says, reports the loss once and counts it")
    func bound() {
        var buffer = LedgerBuffer()
        fill(&buffer, 0..<1, now: .zero)
        _ = buffer.next(now: .zero, flushing: true)
        _ = buffer.failed(full, now: .zero)
        fill(&buffer, 1..<Limits.pendingRequests + 3, now: .zero)
        #expect(buffer.count == Limits.pendingRequests)
        #expect(buffer.lost == 3)
        let span = InstanceSpan(instance: "a-1", service: "a", kind: .idle, start: 0, end: 1)
        _ = buffer.append(.span(span), now: .zero)
        #expect(buffer.count == Limits.pendingRequests + 1)
        for (time, notice) in [
            (1, LedgerNotice.failing(full, kept: Limits.pendingRequests + 1, lost: 3)), (10, nil),
        ] {
            _ = buffer.next(now: .seconds(time))
            #expect(buffer.failed(full, now: .seconds(time)) == notice)
        }
        var written = 0
        var notices: [LedgerNotice] = []
        while case .commit(let group) = buffer.next(now: .seconds(100), flushing: true) {
            #expect(group.count <= Limits.transactionEntries)
            written += group.count
            if let notice = buffer.succeeded() { notices.append(notice) }
        }
        #expect(written == Limits.pendingRequests + 1)
        #expect(notices == [.recovered(lost: 3)])
    }

    @Test("whatever fails and whenever, every entry is written, in order, and none is forgotten", arguments: 1...50)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var buffer = LedgerBuffer()
        var now = Duration.zero
        var wakes: Set<Duration> = []
        var appended = 0
        var written: [LedgerRecord] = []
        var committing: [LedgerRecord]?
        func look(_ step: LedgerBuffer.Step) {
            switch step {
            case .commit(let group): committing = group
            case .wait(let time): if let time { wakes.insert(time) }
            }
        }
        while appended < 3_000 || buffer.count > 0 {
            if appended < 3_000, Bool.random(using: &generator) {
                let count = Int.random(in: 1...40, using: &generator)
                for _ in 0..<count {
                    if let time = buffer.append(record(appended), now: now) { wakes.insert(time) }
                    appended += 1
                }
            }
            if let group = committing {
                committing = nil
                if Int.random(in: 0..<3, using: &generator) == 0 {
                    // Half of the failed commits were written all the same.
                    if Bool.random(using: &generator) { written += group }
                    _ = buffer.failed(full, now: now)
                } else {
                    written += group
                    _ = buffer.succeeded()
                }
                look(buffer.next(now: now))
            } else if let wake = wakes.filter({ $0 <= now }).min() {
                wakes.remove(wake)
                look(buffer.next(now: now))
            } else if appended >= 3_000 {
                // Nothing comes any more: only a promised wake-up can go on.
                guard let wake = wakes.min() else {
                    Issue.record("seed \(seed): \(buffer.count) entries wait and nobody was told to look")
                    return
                }
                now = wake
            }
            now += .milliseconds(Int.random(in: 0...20, using: &generator))
        }
        var seen: Set<String> = []
        let order = written.compactMap { record -> String? in
            guard case .request(let entry) = record, seen.insert(entry.id).inserted else { return nil }
            return entry.id
        }
        #expect(order == (0..<appended).map { "r\($0)" }, "seed \(seed)")
    }
}
