import Kernels

/// Adds what the last sub-layer gave to the residual stream, normalises it, and makes panels. A task is a tile of rows.
struct NormRegion: ParallelRegion {
    let residual: UnsafeMutablePointer<Float>  // [T][columns]
    let delta: UnsafeMutablePointer<Float>?  // [T][columns]
    /// Of the sub-layer that made `delta`.
    let bias: UnsafePointer<Float>?  // [columns]
    let weight: UnsafePointer<Float>  // [columns]
    let epsilon: Float
    let columns: Int
    let rowCount: Int
    let normed: UnsafeMutablePointer<Float>  // [rowCount][columns]
    let panels: Panels
    let need: Panels.Need
    let kernels: KernelTable

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: NormRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let range = Panels.range(tile: task, of: rowCount)
        panels.prefetch(range, columns: columns, for: need)
        for row in range {
            if let delta, let bias { kernels.functions.add(delta + row * columns, bias, columns) }
            kernels.functions.add_rms_norm(
                residual + row * columns, delta.map { $0 + row * columns }, weight, epsilon, columns,
                normed + row * columns)
        }
        panels.fill(range, of: normed, columns: columns, for: need, kernels: kernels)
    }
}
