import Kernels
import Sampling

/// One token to be drawn in a step.
struct Draw {
    var parameters = SamplingParameters()
    var choice = 0
    /// The place in its sequence that the token will take.
    var position = 0
    /// The sequence's `SeenTokens`, if they are penalised.
    var seen: UnsafePointer<UInt64>?
    var token: Int32 = 0
}

/// Draws the step's tokens, one task each, with one sampler for each thread.
struct SamplingRegion: ParallelRegion {
    let draws: UnsafeMutablePointer<Draw>
    /// [draw][stride]; penalties are worked into them.
    let logits: UnsafeMutablePointer<Float>
    let stride: Int
    let samplers: UnsafePointer<Sampler>

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: SamplingRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let draw = draws + task
        let logits = logits + task * stride
        if let seen = draw.pointee.seen {
            samplers[thread].penalize(logits, seen: seen, by: draw.pointee.parameters.repetitionPenalty)
        }
        draw.pointee.token = samplers[thread].draw(
            logits, draw.pointee.parameters, choice: draw.pointee.choice,
            position: draw.pointee.position)
    }
}
