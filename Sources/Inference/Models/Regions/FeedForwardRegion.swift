import CKernels
import Kernels

/// Multiplies by the gate and up matrices, applies silu(gate) · up, and makes the down matrix's panels, all in one
/// region: a row group of both matrices is one block of those panels, so the activation never leaves the cache.
///
/// Tasks are runs of row groups, as in `MatmulRegion`.
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
    private var groupsPerTask = 1

    /// Tokens that are taken at a time: their gate and up values stay in the first-level cache.
    private static let pass = 64
    /// Floats of one thread's part of the scratch.
    static let scratchCount = 2 * pass * PK_ROWS

    init(
        gate: PackedMatrix, up: PackedMatrix, input: Panels, tokens: Int, output: Panels, need: Panels.Need,
        scratch: UnsafeMutablePointer<Float>, kernels: KernelTable
    ) {
        self.gate = gate
        self.up = up
        self.input = input
        self.tokens = tokens
        self.output = output
        self.need = need
        self.scratch = scratch
        self.kernels = kernels
    }

    mutating func run(on pool: WorkerPool) {
        groupsPerTask = MatmulRegion.groupsPerTask(gate.groups, threads: pool.threadCount)
        dispatch(tasks: (gate.groups + groupsPerTask - 1) / groupsPerTask, on: pool)
    }

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: FeedForwardRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let gateValues = scratch + thread * Self.scratchCount, upValues = gateValues + Self.pass * PK_ROWS
        let first = task * groupsPerTask
        for group in first..<min(first + groupsPerTask, gate.groups) {
            for start in stride(from: 0, to: tokens, by: Self.pass) {
                let count = min(Self.pass, tokens - start)
                let range = start..<start + count, columns = gate.groups * PK_ROWS
                output.prefetch(range, block: group, columns: columns, for: need)
                multiply(gate, group: group, start, count, into: gateValues)
                multiply(up, group: group, start, count, into: upValues)
                kernels.functions.silu_multiply(gateValues, upValues, count * PK_ROWS)
                output.fillBlock(group, of: range, from: gateValues, columns: columns, for: need, kernels: kernels)
            }
        }
    }

    /// `values`: [count][32]
    private func multiply(
        _ matrix: PackedMatrix, group: Int, _ start: Int, _ count: Int, into values: UnsafeMutablePointer<Float>
    ) {
        let panels = matrix.isQuantised ? input.quantised : input.floats
        kernels.matmul(matrix.format)(
            matrix.base.assumingMemoryBound(to: UInt8.self) + group * pk_group_bytes(matrix.format, matrix.columns), 1,
            matrix.columns, panels + pk_panel_bytes(matrix.isQuantised, start, matrix.columns), count, values, PK_ROWS)
    }
}
