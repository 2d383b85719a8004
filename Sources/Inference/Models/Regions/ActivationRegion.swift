import Kernels

/// Makes panels of an activation, after silu(x) · up where the layer is gated. A task is a tile of tokens.
struct ActivationRegion: ParallelRegion {
    let activation: UnsafeMutablePointer<Float>  // [T][columns]
    let up: UnsafeMutablePointer<Float>?  // [T][columns]
    let columns: Int
    let tokens: Int
    let panels: Panels
    let need: Panels.Need
    let kernels: KernelTable

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: ActivationRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let range = Panels.range(tile: task, of: tokens)
        if let up {
            for token in range {
                kernels.functions.silu_multiply(activation + token * columns, up + token * columns, columns)
            }
        }
        panels.fill(range, of: activation, columns: columns, for: need, kernels: kernels)
    }
}
