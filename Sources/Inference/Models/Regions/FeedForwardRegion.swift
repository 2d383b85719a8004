import CKernels
import Kernels

/// Multiplies by the gate and up matrices, applies silu(gate) · up, and makes the down matrix's panels, all in one
/// region: a row group of both matrices is one block of those panels, so the activation never leaves the cache.
struct FeedForwardRegion: ParallelRegion {
    let gate: PackedMatrix  // [feed-forward, hidden]
    let up: PackedMatrix  // [feed-forward, hidden]
    let input: Panels
    let tokens: Int
    let output: Panels
    /// What the down matrix reads.
    let need: Panels.Need
    /// One part for each thread.
    let scratch: UnsafeMutablePointer<Float>
    let kernels: KernelTable
    private let tasks: MatmulTasks

    /// Tokens times row groups that are taken at a time: their gate and up values stay in the first-level cache.
    private static let pass = 64
    /// Floats of one thread's part of the scratch.
    static let scratchCount = 2 * pass * PK_ROWS

    init(
        gate: PackedMatrix, up: PackedMatrix, input: Panels, tokens: Int, output: Panels, need: Panels.Need,
        scratch: UnsafeMutablePointer<Float>, kernels: KernelTable, threads: Int
    ) {
        self.gate = gate
        self.up = up
        self.input = input
        self.tokens = tokens
        self.output = output
        self.need = need
        self.scratch = scratch
        self.kernels = kernels
        tasks = MatmulTasks(tokens: tokens, groups: gate.groups, threads: threads)
    }

    func run(on pool: WorkerPool) { dispatch(tasks: tasks.count, on: pool) }

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: FeedForwardRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let (tokens, groups) = tasks[task]
        for start in stride(from: tokens.lowerBound, to: tokens.upperBound, by: Self.pass) {
            let range = start..<min(start + Self.pass, tokens.upperBound)
            // Few tokens take several groups of a matrix before the other's: a longer stream is read faster.
            let together = max(1, Self.pass / range.count)
            for group in stride(from: groups.lowerBound, to: groups.upperBound, by: together) {
                run(groups: group..<min(group + together, groups.upperBound), range, thread: thread)
            }
        }
    }

    private func run(groups: Range<Int>, _ tokens: Range<Int>, thread: Int) {
        let gateValues = scratch + thread * Self.scratchCount, upValues = gateValues + Self.pass * PK_ROWS
        let columns = gate.groups * PK_ROWS
        output.prefetch(tokens, blocks: groups, columns: columns, for: need)
        multiply(gate, groups, tokens, into: gateValues)
        multiply(up, groups, tokens, into: upValues)
        kernels.functions.silu_multiply(gateValues, upValues, tokens.count * groups.count * PK_ROWS)
        output.fill(tokens, blocks: groups, from: gateValues, columns: columns, for: need, kernels: kernels)
    }

    /// `values`: [tokens][32 · groups]
    private func multiply(
        _ matrix: PackedMatrix, _ groups: Range<Int>, _ tokens: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) {
        let panels = matrix.isQuantised ? input.quantised : input.floats
        let groupBytes = pk_group_bytes(matrix.format, matrix.columns)
        kernels.matmul(matrix.format)(
            matrix.base.assumingMemoryBound(to: UInt8.self) + groups.lowerBound * groupBytes, groups.count,
            matrix.columns, panels + pk_panel_bytes(matrix.isQuantised, tokens.lowerBound, matrix.columns),
            tokens.count, values, groups.count * PK_ROWS)
    }
}
