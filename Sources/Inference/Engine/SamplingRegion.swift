import Kernels
import Sampling

/// One token to be drawn in a step.
struct Draw {
    var parameters = SamplingParameters()
    var choice = 0
    /// The place in its sequence that the token will take.
    var position = 0
    var token: Int32 = 0
}

/// Draws the step's tokens, one task each, with one sampler for each thread.
struct SamplingRegion: ParallelRegion {
    let draws: UnsafeMutablePointer<Draw>
    /// [draw][stride]
    let logits: UnsafePointer<Float>
    let stride: Int
    let samplers: UnsafePointer<Sampler>

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: SamplingRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let draw = draws + task
        draw.pointee.token = samplers[thread].draw(
            logits + task * stride, draw.pointee.parameters, choice: draw.pointee.choice,
            position: draw.pointee.position)
    }
}
