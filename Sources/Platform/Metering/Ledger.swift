internal import Dispatch
internal import Glibc
package import Storage
internal import Synchronization

/// The durable record of instance time and tokens.
///
/// Everything that is told to it returns at once, from any thread; one writer commits in groups. A killed process
/// loses the last tenth of a second of requests and at most ten seconds of instances' time.
package final class Ledger: Sendable {
    /// The tables that the database must be opened with.
    package static let schema = LedgerTable.schema

    private struct State {
        var buffer = LedgerBuffer()
        var recorder = SpanRecorder()
        var terms: [String: ServiceTerms] = [:]
    }

    private let database: Database
    private let clock: @Sendable () -> LedgerTime
    private let report: @Sendable (LedgerNotice) -> Void
    private let writer = WriterThread()
    private let state: Mutex<State>

    /// `report` is called on the writer's thread when writing begins to fail and when it succeeds again.
    package init(
        database: Database, clock: @escaping @Sendable () -> LedgerTime = LedgerTime.system,
        report: @escaping @Sendable (LedgerNotice) -> Void
    ) throws {
        self.database = database
        self.clock = clock
        self.report = report
        let known = try database.read { try LedgerTable.terms(in: $0) }
        // The list is in the order of time: the last of each service stays.
        state = Mutex(State(terms: Dictionary(known.map { ($0.service, $0) }) { _, last in last }))
    }

    /// A request ended. A second entry with the same id and time is taken for the first one again.
    package func append(_ entry: RequestEntry) {
        let now = clock().uptime
        if let time = state.withLock({ $0.buffer.append(.request(entry), now: now) }) { wake(at: time, now: now) }
    }

    /// An instance reached a phase of its life.
    package func instance(_ name: String, of service: String, became phase: SpanRecorder.Phase) {
        record { $0.recorder.instance(name, of: service, became: phase, now: $1) }
    }

    /// An instance got its first request in flight, or lost its last one.
    package func instance(_ name: String, isBusy: Bool) {
        let now = clock()
        state.withLock { $0.recorder.instance(name, isBusy: isBusy, now: now) }
    }

    /// Writes how far every instance has come; every ten seconds, as `run` does.
    package func heartbeat() {
        record { $0.recorder.heartbeat(now: $1) }
    }

    /// What a service costs from now on, and how many instances its owner keeps. Repeating it changes nothing.
    package func setTerms(of service: String, minimumInstances: Int, price: InstancePrice?) {
        let now = clock()
        let terms = ServiceTerms(
            service: service, since: now.wall, minimumInstances: minimumInstances, price: price)
        let time = state.withLock { state -> Duration? in
            if let old = state.terms[service], old.minimumInstances == minimumInstances, old.price == price {
                return nil
            }
            state.terms[service] = terms
            return state.buffer.append(.terms(terms), now: now.uptime)
        }
        if let time { wake(at: time, now: now.uptime) }
    }

    private func record(_ spans: (inout State, LedgerTime) -> [InstanceSpan]) {
        let now = clock()
        let time = state.withLock { state in
            spans(&state, now).compactMap { state.buffer.append(.span($0), now: now.uptime) }.min()
        }
        if let time { wake(at: time, now: now.uptime) }
    }

    /// Entries that wait to be written, and those that were lost because too many did.
    package var backlog: (pending: Int, lost: Int) { state.withLock { ($0.buffer.count, $0.buffer.lost) } }
}

extension Ledger {
    /// Beats until the task is cancelled, then writes what is left.
    package func run() async throws {
        while !Task.isCancelled {
            try? await Task.sleep(for: Limits.heartbeat)
            heartbeat()
        }
        try await flush()
    }

    /// Returns when everything that was told before is durable. Tries once; what cannot be written is kept.
    package func flush() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            writer.perform { continuation.resume(with: Result { try self.write(flushing: true) }) }
        }
    }

    private func wake(at time: Duration, now: Duration) {
        let delay = DispatchTimeInterval.microseconds(max(0, (time - now).microseconds))
        // The error was reported, and the buffer knows when to try again.
        writer.perform(after: delay) { try? self.write(flushing: false) }
    }

    /// Commits what is due; on the writer's thread only.
    private func write(flushing: Bool) throws {
        while true {
            let now = clock().uptime
            switch state.withLock({ $0.buffer.next(now: now, flushing: flushing) }) {
            case .wait(let time):
                if let time { wake(at: time, now: now) }
                return
            case .commit(let records):
                do {
                    try Self.write(records, to: database)
                    if let notice = state.withLock({ $0.buffer.succeeded() }) { report(notice) }
                } catch {
                    let error =
                        error as? StorageError ?? StorageError(.failed, "The ledger cannot be written: \(error)")
                    let notice = state.withLock { $0.buffer.failed(error, now: clock().uptime) }
                    if let notice { report(notice) }
                    guard flushing else { continue }
                    writer.perform { try? self.write(flushing: false) }
                    throw error
                }
            }
        }
    }
}

extension Ledger {
    /// Writes entries in one transaction. Those that are there already change nothing.
    package static func write(_ records: [LedgerRecord], to database: Database) throws {
        try database.write { try LedgerTable.insert(records, in: $0) }
    }

    /// A request's entry, by its id.
    package static func request(_ id: String, in database: Database) throws -> RequestEntry? {
        try database.read { try LedgerTable.request(id, in: $0) }
    }

    /// The highest number that an instance of each service had, where names are `service-number`: numbers are not used
    /// twice.
    package static func lastInstanceNumbers(in database: Database) throws -> [String: Int] {
        try database.read { try LedgerTable.lastInstanceNumbers(in: $0) }
    }
}

extension LedgerTime {
    /// The machine's clocks.
    @Sendable package static func system() -> LedgerTime {
        var wall = timespec()
        var uptime = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        clock_gettime(CLOCK_MONOTONIC, &uptime)
        return LedgerTime(
            wall: wall.tv_sec * 1_000_000 + wall.tv_nsec / 1_000,
            uptime: .seconds(uptime.tv_sec) + .nanoseconds(uptime.tv_nsec))
    }
}
