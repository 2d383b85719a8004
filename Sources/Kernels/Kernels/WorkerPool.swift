import CKernels
import Glibc
import Synchronization

/// A fixed set of threads that share out the tasks of one parallel region at a time.
///
/// Tasks are claimed from a counter, so a thread that the system has put aside delays nobody unless it holds a task.
/// Idle threads spin briefly, because the next region of a forward pass is microseconds away, and then sleep.
/// `run` may be called from one thread at a time.
package final class WorkerPool: @unchecked Sendable {
    /// A task body: context, task index, thread index (0 is the caller).
    package typealias Body = @convention(c) (UnsafeMutableRawPointer, Int, Int) -> Void

    private struct Job {
        var body: Body
        var context: UnsafeMutableRawPointer
    }

    package let threadCount: Int
    // Written only while no task is claimable: the ticket's release and acquire order every access.
    private let job: UnsafeMutablePointer<Job>
    /// Region number in the upper 32 bits; then, 16 bits each, the tasks of the region and the next unclaimed one.
    private let ticket = Atomic<UInt64>(0)
    private let completed = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var threads: [pthread_t] = []

    /// About 50 µs on a current processor: longer than the serial parts between two regions of a step.
    private static let spins = 4000
    package static let maximumTasks = 0xffff

    package init(threads count: Int) {
        threadCount = max(1, count)
        job = .allocate(capacity: 1)
        job.initialize(to: Job(body: { _, _, _ in }, context: UnsafeMutableRawPointer(job)))
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
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
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
        for thread in threads { pthread_join(thread, nil) }
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
        job.deallocate()
    }

    /// Runs `body` for every task in 0 ..< `tasks` (at most `maximumTasks`) and returns when all are done.
    package func run(_ tasks: Int, _ context: UnsafeMutableRawPointer, _ body: Body) {
        if threadCount == 1 || tasks <= 1 {
            for task in 0..<tasks { body(context, task, 0) }
            return
        }
        precondition(tasks <= Self.maximumTasks)
        job.pointee = Job(body: body, context: context)
        completed.store(0, ordering: .relaxed)
        let region = (ticket.load(ordering: .relaxed) >> 32) &+ 1
        ticket.store(region << 32 | UInt64(tasks) << 16, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
            pthread_mutex_lock(mutex)
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        takeTasks(index: 0)
        var spins = 0
        while completed.load(ordering: .acquiring) < tasks {
            pk_spin_pause()
            spins += 1
            if spins % Self.spins == 0 { sched_yield() }
        }
    }

    private func takeTasks(index: Int) {
        while true {
            let seen = ticket.load(ordering: .acquiring)
            let tasks = Int(seen >> 16 & 0xffff), next = Int(seen & 0xffff)
            guard next < tasks else { return }
            // The job cannot change while a task of this region is unclaimed, and the exchange fails if none is.
            let current = job.pointee
            guard
                ticket.compareExchange(expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing).exchanged
            else { continue }
            current.body(current.context, next, index)
            completed.add(1, ordering: .releasing)
        }
    }

    private func work(index: Int) {
        var spins = 0
        while !stopping.load(ordering: .relaxed) {
            if hasTasks {
                takeTasks(index: index)
                spins = 0
                continue
            }
            spins += 1
            if spins < Self.spins {
                pk_spin_pause()
                continue
            }
            pthread_mutex_lock(mutex)
            sleepers.add(1, ordering: .sequentiallyConsistent)
            while !hasTasks && !stopping.load(ordering: .sequentiallyConsistent) { pthread_cond_wait(condition, mutex) }
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
            pthread_mutex_unlock(mutex)
            spins = 0
        }
    }

    private var hasTasks: Bool {
        let seen = ticket.load(ordering: .sequentiallyConsistent)
        return seen & 0xffff < seen >> 16 & 0xffff
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
