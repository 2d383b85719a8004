import CKernels
import Kernels

/// A parallel region that multiplies one step's panels by up to three matrices which share them.
///
/// An output is made by one thread, in the same order of sums whatever the number of tokens or threads, so results do
/// not depend on either.
struct MatmulRegion: ParallelRegion {
    struct Part {
        let base: UnsafePointer<UInt8>
        let columns: Int
        let groupBytes: Int
        let groups: Int
        let kernel: KernelTable.Matmul
        let isQuantised: Bool
        let panels: UnsafeMutablePointer<UInt8>
        /// [token][32 · groups]
        let out: UnsafeMutablePointer<Float>
    }

    private var parts: InlineArray<3, Part?> = [nil, nil, nil]
    private var partCount = 0
    private var groups = 0
    private var tasks: MatmulTasks?
    /// Rows of the panels: tokens, or those of them whose logits are wanted.
    private let rows: Int

    init(rows: Int) { self.rows = rows }

    mutating func add(
        _ matrix: PackedMatrix, _ panels: Panels, into out: UnsafeMutablePointer<Float>, kernels: KernelTable
    ) {
        parts[partCount] = Part(
            base: matrix.base.assumingMemoryBound(to: UInt8.self), columns: matrix.columns,
            groupBytes: pk_group_bytes(matrix.format, matrix.columns), groups: matrix.groups,
            kernel: kernels.matmul(matrix.format), isQuantised: matrix.isQuantised,
            panels: matrix.isQuantised ? panels.quantised : panels.floats, out: out)
        partCount += 1
        groups += matrix.groups
    }

    mutating func run(on pool: WorkerPool) {
        guard rows > 0 else { return }
        let tasks = MatmulTasks(tokens: rows, groups: groups, threads: pool.threadCount)
        self.tasks = tasks
        dispatch(tasks: tasks.count, on: pool)
    }

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: MatmulRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        guard let work = tasks?[task] else { return }
        var rest = work.groups
        for index in 0..<partCount {
            guard !rest.isEmpty, let part = parts[index] else { return }
            let end = min(rest.upperBound, part.groups)
            if rest.lowerBound < end { multiply(part, groups: rest.lowerBound..<end, work.tokens) }
            // The rest, counted from the next part's first.
            rest = max(rest.lowerBound, end) - part.groups..<rest.upperBound - part.groups
        }
    }

    private func multiply(_ part: Part, groups: Range<Int>, _ tokens: Range<Int>) {
        let width = part.groups * PK_ROWS
        part.kernel(
            part.base + groups.lowerBound * part.groupBytes, groups.count, part.columns,
            part.panels + pk_panel_bytes(part.isQuantised, tokens.lowerBound, part.columns), tokens.count,
            part.out + tokens.lowerBound * width + groups.lowerBound * PK_ROWS, width)
    }
}
