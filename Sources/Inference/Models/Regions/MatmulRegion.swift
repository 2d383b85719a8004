import CKernels
import Kernels

/// A parallel region that multiplies one step's panels by up to three matrices which share them.
///
/// Tasks are runs of row groups: every output row is made by one thread, in the same order of sums whatever the number
/// of tokens or threads, so results do not depend on either.
struct MatmulRegion: ParallelRegion {
    struct Part {
        let base: UnsafePointer<UInt8>
        let columns: Int
        let groupBytes: Int
        let groups: Int
        let kernel: KernelTable.Matmul
        let panels: UnsafeMutablePointer<UInt8>
        /// [token][32 · groups]
        let out: UnsafeMutablePointer<Float>
    }

    /// Enough for threads to even out, few enough that claiming them costs nothing.
    private static let tasksPerThread = 16

    private var parts: InlineArray<3, Part?> = [nil, nil, nil]
    private var partCount = 0
    private var groups = 0
    private var groupsPerTask = 0
    /// Rows of the panels: tokens, or those of them whose logits are wanted.
    private let rows: Int

    init(rows: Int) { self.rows = rows }

    mutating func add(
        _ matrix: PackedMatrix, _ panels: Panels, into out: UnsafeMutablePointer<Float>, kernels: KernelTable
    ) {
        parts[partCount] = Part(
            base: matrix.base.assumingMemoryBound(to: UInt8.self), columns: matrix.columns,
            groupBytes: pk_group_bytes(matrix.format, matrix.columns), groups: matrix.groups,
            kernel: kernels.matmul(matrix.format), panels: matrix.isQuantised ? panels.quantised : panels.floats,
            out: out)
        partCount += 1
        groups += matrix.groups
    }

    static func groupsPerTask(_ groups: Int, threads: Int) -> Int {
        threads == 1 ? groups : max(1, groups / (threads * tasksPerThread))
    }

    mutating func run(on pool: WorkerPool) {
        guard rows > 0 else { return }
        groupsPerTask = Self.groupsPerTask(groups, threads: pool.threadCount)
        dispatch(tasks: (groups + groupsPerTask - 1) / groupsPerTask, on: pool)
    }

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: MatmulRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        var first = task * groupsPerTask
        var rest = min(groupsPerTask, groups - first)
        for index in 0..<partCount {
            guard rest > 0, let part = parts[index] else { return }
            if first >= part.groups {
                first -= part.groups
                continue
            }
            let count = min(rest, part.groups - first)
            multiply(part, groups: first..<first + count)
            rest -= count
            first = 0
        }
    }

    private func multiply(_ part: Part, groups: Range<Int>) {
        part.kernel(
            part.base + groups.lowerBound * part.groupBytes, groups.count, part.columns, part.panels, rows,
            part.out + groups.lowerBound * PK_ROWS, part.groups * PK_ROWS)
    }
}
