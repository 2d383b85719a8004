package import Storage

/// One line that the ledger keeps.
package enum LedgerRecord: Sendable, Equatable {
    case request(RequestEntry)
    case span(InstanceSpan)
    case terms(ServiceTerms)
}

/// What those who run Pronk should know of the ledger.
package enum LedgerNotice: Sendable, Equatable {
    /// Cannot write; `kept` entries wait, `lost` did not fit. Told once, and once more when the loss begins.
    case failing(StorageError, kept: Int, lost: Int)
    /// Writes again; `lost` entries did not fit meanwhile.
    case recovered(lost: Int)
}

/// Collects entries into groups that are committed together, and keeps them while they cannot be. Pure: its writer
/// tells it the time and what became of each commit.
///
/// | state | `append` | `next` |
/// | --- | --- | --- |
/// | empty | wakes the writer for later | waits |
/// | collecting | wakes it at once when the group is full | commits when the group is full or old |
/// | committing | collects | - |
/// | failed | collects up to the bound | commits the same group again after a pause |
///
/// A group whose commit failed may have been written all the same: writing an entry twice must change nothing.
package struct LedgerBuffer: Sendable {
    package enum Step: Sendable, Equatable {
        /// Write these, then say `succeeded` or `failed`.
        case commit([LedgerRecord])
        /// Nothing to do before; nil: before somebody is told to wake the writer.
        case wait(until: Duration?)
    }

    private var pending: [LedgerRecord] = []
    private var pendingRequests = 0
    /// The group that is being written, or was not.
    private var group: [LedgerRecord] = []
    private var groupRequests = 0
    private var isCommitting = false
    /// When the oldest of `pending` came.
    private var oldest: Duration?
    private var retryAt: Duration?
    private var backOff = Limits.firstBackOff
    /// When the writer will look next, as far as it was told.
    private var wakeAt: Duration?
    private var lostReported = 0
    /// Entries that did not fit since the last success.
    private var lostNow = 0
    /// Entries that did not fit, ever.
    package private(set) var lost = 0

    package init() {}

    /// Entries that are not written yet.
    package var count: Int { pending.count + group.count }
    package var isFailing: Bool { retryAt != nil }

    /// Takes an entry. Returns when the writer has to look at it, if it does not know yet.
    package mutating func append(_ record: LedgerRecord, now: Duration) -> Duration? {
        if case .request = record {
            guard pendingRequests + groupRequests < Limits.pendingRequests else { return lose() }
            pendingRequests += 1
        } else {
            guard count < Limits.pendingRequests + Limits.pendingOthers else { return lose() }
        }
        if pending.isEmpty { oldest = now }
        pending.append(record)
        guard !isCommitting, retryAt == nil else { return nil }
        return wake(at: dueTime(now: now))
    }

    private mutating func lose() -> Duration? {
        lost += 1
        lostNow += 1
        return nil
    }

    /// When `pending` is to be committed.
    private func dueTime(now: Duration) -> Duration? {
        guard let oldest else { return nil }
        return pending.count >= Limits.commitEntries ? now : oldest + Limits.commitInterval
    }

    private mutating func wake(at time: Duration?) -> Duration? {
        guard let time, wakeAt.map({ time < $0 }) ?? true else { return nil }
        wakeAt = time
        return time
    }

    /// What the writer has to do now. `flushing`: without waiting for company or for better times.
    package mutating func next(now: Duration, flushing: Bool = false) -> Step {
        // Whoever asks is awake; a timer that fired a little early has to be set again.
        wakeAt = nil
        guard !isCommitting else { return .wait(until: nil) }
        if let retryAt, now < retryAt, !flushing { return .wait(until: wake(at: retryAt)) }
        if group.isEmpty {
            guard let due = dueTime(now: now) else { return .wait(until: nil) }
            guard due <= now || flushing else { return .wait(until: wake(at: due)) }
            takeGroup(now: now)
        }
        isCommitting = true
        return .commit(group)
    }

    private mutating func takeGroup(now: Duration) {
        if pending.count <= Limits.transactionEntries {
            swap(&group, &pending)
            (groupRequests, pendingRequests) = (pendingRequests, 0)
            oldest = nil
        } else {
            group = Array(pending.prefix(Limits.transactionEntries))
            pending.removeFirst(group.count)
            groupRequests = group.count { if case .request = $0 { true } else { false } }
            pendingRequests -= groupRequests
            oldest = now
        }
    }

    /// The group is written.
    package mutating func succeeded() -> LedgerNotice? {
        isCommitting = false
        group.removeAll(keepingCapacity: group.count <= Limits.transactionEntries)
        groupRequests = 0
        guard retryAt != nil else { return nil }
        defer {
            retryAt = nil
            backOff = Limits.firstBackOff
            lostNow = 0
            lostReported = 0
        }
        return .recovered(lost: lostNow)
    }

    /// The group is not written, or nobody knows.
    package mutating func failed(_ error: StorageError, now: Duration) -> LedgerNotice? {
        isCommitting = false
        let isFirst = retryAt == nil
        retryAt = now + backOff
        backOff = min(backOff * 2, Limits.longestBackOff)
        defer { lostReported = lostNow }
        guard isFirst || (lostReported == 0 && lostNow > 0) else { return nil }
        return .failing(error, kept: count, lost: lostNow)
    }
}
