import Kernels

/// Makes panels of an activation. A task is a tile of tokens.
struct ActivationRegion: ParallelRegion {
    let activation: UnsafePointer<Float>  // [T][columns]
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
        panels.prefetch(range, columns: columns, for: need)
        panels.fill(range, of: activation, columns: columns, for: need, kernels: kernels)
    }
}
