import CKernels
import Glibc
import Synchronization

/// A fixed set of threads that share out the tasks of one parallel region at a time.
///
/// Every thread begins with an equal run of neighbouring tasks, so that it reads memory in long stretches and claims
/// without contention; who is done takes from the ends of the others' runs. So a thread that the system has put aside
/// delays nobody unless it holds a task. Threads that wait spin for a moment, because the next region of a forward pass
/// is microseconds away, and then sleep, so that a thread whose core somebody else keeps busy can be moved to theirs.
/// If that does not help, fewer threads take part; see `Participation`. `run` may be called from one thread at a time.
package final class WorkerPool: @unchecked Sendable {
    /// A task body: context, task index, thread index (0 is the caller).
    package typealias Body = @convention(c) (UnsafeMutableRawPointer, Int, Int) -> Void

    private struct Job {
        var body: Body
        var context: UnsafeMutableRawPointer
    }

    package let threadCount: Int
    // Written only while no task is claimable: the tickets' release and acquire order every access.
    private let job: UnsafeMutablePointer<Job>
    private let tickets: UnsafeMutablePointer<Ticket>
    /// Number of the last region that was handed out.
    private let region = Atomic<UInt32>(0)
    private let completed = Atomic<Int>(0)
    /// Threads with an index from this on take no part.
    private let participants: Atomic<Int>
    private var participation: Participation
    private var caller: (thread: pthread_t, delay: ThreadDelay)?
    /// Of the pool's own threads; each writes its own before it is counted in `started`.
    private let delays: UnsafeMutablePointer<ThreadDelay>
    private let started = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let callerSleeps = Atomic<Bool>(false)
    private let stopping = Atomic<Bool>(false)
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    /// A region was handed out, or the pool ends.
    private let begun: UnsafeMutablePointer<pthread_cond_t>
    /// All tasks of the region are done.
    private let ended: UnsafeMutablePointer<pthread_cond_t>
    private var threads: [pthread_t] = []

    /// About 200 µs on a current processor: longer than what lies between two regions, or two steps, of one answer, and
    /// much shorter than the milliseconds for which the system puts a thread aside.
    private static let spins = 16_000
    package static let maximumTasks = 0xffff

    package init(threads count: Int) {
        threadCount = max(1, count)
        participants = Atomic(threadCount)
        participation = Participation(threads: threadCount)
        delays = .allocate(capacity: threadCount)
        job = .allocate(capacity: 1)
        job.initialize(to: Job(body: { _, _, _ in }, context: UnsafeMutableRawPointer(job)))
        tickets = .allocate(capacity: threadCount)
        for index in 0..<threadCount { (tickets + index).initialize(to: Ticket()) }
        mutex = .allocate(capacity: 1)
        begun = .allocate(capacity: 1)
        ended = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(begun, nil)
        pthread_cond_init(ended, nil)
        for index in 1..<threadCount {
            let start = Unmanaged.passRetained(Start(pool: Unmanaged.passUnretained(self), index: index))
            var thread = pthread_t()
            let status = pthread_create(
                &thread, nil,
                { raw in
                    guard let raw else { return nil }
                    let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
                    start.pool._withUnsafeGuaranteedRef { $0.work(index: start.index) }
                    return nil
                }, start.toOpaque())
            precondition(status == 0, "the system refused thread \(index) of \(threadCount)")
            threads.append(thread)
        }
    }

    deinit {
        stopping.store(true, ordering: .sequentiallyConsistent)
        signal(begun)
        for thread in threads { pthread_join(thread, nil) }
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(begun)
        pthread_cond_destroy(ended)
        for index in 1..<threadCount { delays[index].close() }
        caller?.delay.close()
        delays.deallocate()
        mutex.deallocate()
        begun.deallocate()
        ended.deallocate()
        tickets.deinitialize(count: threadCount)
        tickets.deallocate()
        job.deallocate()
    }

    /// Runs `body` for every task in 0 ..< `tasks` (at most `maximumTasks`) and returns when all are done.
    package func run(_ tasks: Int, _ context: UnsafeMutableRawPointer, _ body: Body) {
        let threads = adjustParticipants()
        if threads == 1 || tasks <= 1 {
            for task in 0..<tasks { body(context, task, 0) }
            return
        }
        precondition(tasks <= Self.maximumTasks)
        job.pointee = Job(body: body, context: context)
        completed.store(0, ordering: .relaxed)
        let next = region.load(ordering: .relaxed) &+ 1
        for index in 0..<threads {
            tickets[index].hand(tasks * index / threads..<tasks * (index + 1) / threads, region: next)
        }
        region.store(next, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { signal(begun) }
        takeTasks(index: 0)
        waitForCompletion(of: tasks)
    }

    /// How many threads take part in the next region.
    private func adjustParticipants() -> Int {
        guard threadCount > 1 else { return 1 }
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        if participation.isDue(at: now), started.load(ordering: .acquiring) == threadCount - 1 {
            participation.endWindow(at: now, delay: delaySum())
            if participation.threads != participants.load(ordering: .relaxed) {
                participants.store(participation.threads, ordering: .sequentiallyConsistent)
                signal(begun)
            }
        }
        return participation.threads
    }

    private func delaySum() -> UInt64 {
        let this = pthread_self()
        if caller?.thread != this {
            caller?.delay.close()
            caller = (this, ThreadDelay())
        }
        return (1..<threadCount).reduce(caller?.delay.nanoseconds ?? 0) { $0 &+ delays[$1].nanoseconds }
    }

    private func waitForCompletion(of tasks: Int) {
        for _ in 0..<Self.spins {
            if completed.load(ordering: .acquiring) == tasks { return }
            pk_spin_pause()
        }
        pthread_mutex_lock(mutex)
        callerSleeps.store(true, ordering: .sequentiallyConsistent)
        while completed.load(ordering: .sequentiallyConsistent) < tasks { pthread_cond_wait(ended, mutex) }
        callerSleeps.store(false, ordering: .relaxed)
        pthread_mutex_unlock(mutex)
    }

    /// Runs tasks of the thread's own run, and then of the others', until none is left to claim.
    private func takeTasks(index: Int) {
        var done = 0
        for step in 0..<threadCount {
            let owner = (index + step) % threadCount
            while let task = tickets[owner].claim(asOwner: step == 0) {
                // The job cannot change while a claimed task of its region is not completed.
                let current = job.pointee
                current.body(current.context, task, index)
                done += 1
            }
        }
        guard done > 0 else { return }
        completed.add(done, ordering: .sequentiallyConsistent)
        if callerSleeps.load(ordering: .sequentiallyConsistent) { signal(ended) }
    }

    private func work(index: Int) {
        (delays + index).initialize(to: ThreadDelay())
        started.add(1, ordering: .releasing)
        var last: UInt32 = 0
        while true {
            waitForRegion(after: last, index: index)
            if stopping.load(ordering: .relaxed) { return }
            last = region.load(ordering: .acquiring)
            takeTasks(index: index)
        }
    }

    private func waitForRegion(after last: UInt32, index: Int) {
        var takesPart: Bool { index < participants.load(ordering: .sequentiallyConsistent) }
        var hasNext: Bool { region.load(ordering: .sequentiallyConsistent) != last && takesPart }
        var stops: Bool { stopping.load(ordering: .sequentiallyConsistent) }
        for _ in 0..<Self.spins {
            if hasNext || stops { return }
            pk_spin_pause()
        }
        pthread_mutex_lock(mutex)
        while !stops, !hasNext {
            // Nobody need wake a thread that takes no part.
            let isCounted = takesPart
            if isCounted { sleepers.add(1, ordering: .sequentiallyConsistent) }
            if !hasNext, takesPart == isCounted { pthread_cond_wait(begun, mutex) }
            if isCounted { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
        }
        pthread_mutex_unlock(mutex)
    }

    private func signal(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// The tasks of one thread that nobody has claimed: its owner takes the first, others the last.
    private struct Ticket: ~Copyable {
        /// Region number in the upper 32 bits, so that no late claim takes from another region; then, 16 bits each,
        /// the next task and the end.
        private let state = Atomic<UInt64>(0)
        // To the end of two cache lines, which processors fetch in pairs.
        private let padding = InlineArray<15, UInt64>(repeating: 0)

        func hand(_ tasks: Range<Int>, region: UInt32) {
            let range = UInt64(tasks.lowerBound) << 16 | UInt64(tasks.upperBound)
            state.store(UInt64(region) << 32 | range, ordering: .releasing)
        }

        func claim(asOwner: Bool) -> Int? {
            var seen = state.load(ordering: .acquiring)
            while true {
                let next = Int(seen >> 16 & 0xffff), end = Int(seen & 0xffff)
                guard next < end else { return nil }
                let rest = asOwner ? seen + (1 << 16) : seen - 1
                let (exchanged, original) = state.weakCompareExchange(
                    expected: seen, desired: rest, ordering: .acquiringAndReleasing)
                if exchanged { return asOwner ? next : end - 1 }
                seen = original
            }
        }
    }

    /// What a new thread is told. The pool joins its threads before it goes, so it needs no reference.
    private final class Start {
        let pool: Unmanaged<WorkerPool>
        let index: Int

        init(pool: Unmanaged<WorkerPool>, index: Int) {
            self.pool = pool
            self.index = index
        }
    }
}
