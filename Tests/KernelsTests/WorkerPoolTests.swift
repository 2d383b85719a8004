import Kernels
import TestSupport
import Testing

@Suite("Worker pool")
struct WorkerPoolTests {
    @Test("every task runs exactly once, region after region", arguments: [1, 2, 3, 8])
    func everyTaskOnce(threads: Int) {
        let pool = WorkerPool(threads: threads)
        var generator = SeededGenerator(seed: UInt64(threads))
        let counts = UnsafeMutablePointer<Int>.allocate(capacity: 64)
        defer { counts.deallocate() }
        for region in 0..<3000 {
            let tasks = Int.random(in: 0...64, using: &generator)
            counts.initialize(repeating: 0, count: 64)
            pool.run(tasks, UnsafeMutableRawPointer(counts)) { context, task, _ in
                context.assumingMemoryBound(to: Int.self)[task] += 1
            }
            #expect((0..<64).allSatisfy { counts[$0] == ($0 < tasks ? 1 : 0) }, "region \(region)")
        }
    }
}
