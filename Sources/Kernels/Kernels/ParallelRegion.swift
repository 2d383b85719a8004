/// Work that the pool's threads share: a value with everything it needs, passed to them by pointer, so that
/// nothing is captured and nothing allocated.
package protocol ParallelRegion {
    func run(task: Int, thread: Int)

    /// Calls `run` on the region behind the pointer. A C function cannot be generic, so each region has its own.
    static var body: WorkerPool.Body { get }
}

extension ParallelRegion {
    /// Runs tasks 0 ..< `tasks` and returns when all are done.
    package func dispatch(tasks: Int, on pool: WorkerPool) {
        var region = self
        withUnsafeMutablePointer(to: &region) { pool.run(tasks, UnsafeMutableRawPointer($0), Self.body) }
    }
}
