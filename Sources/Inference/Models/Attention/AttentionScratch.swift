import CKernels
import Checkpoints
import Kernels

/// One thread's memory for attention.
struct AttentionScratch {
    /// What the kernel wants, aligned to a cache line.
    let kernel: UnsafeMutableRawPointer
    /// States of one kernel call: [PK_ATTENTION_ROWS][PK_ATTENTION_SUMS + head size].
    let states: UnsafeMutablePointer<Float>
    /// The queries of one KV head, turned: [query heads of the KV head][head size].
    let query: UnsafeMutablePointer<Float>
    let key: UnsafeMutablePointer<Float>  // [head size]
    let value: UnsafeMutablePointer<Float>  // [head size]

    /// Bytes for each thread, a multiple of a cache line.
    static func byteCount(_ shape: ModelConfiguration) -> Int {
        let floats =
            PK_ATTENTION_ROWS * AttentionPlan.stateSize(shape)
            + (shape.headCount / shape.kvHeadCount + 2) * shape.headSize
        return kernelBytes(shape) + (floats * MemoryLayout<Float>.stride + 63) & ~63
    }

    init(_ base: UnsafeMutablePointer<UInt8>, thread: Int, shape: ModelConfiguration) {
        let own = UnsafeMutableRawPointer(base + thread * Self.byteCount(shape))
        kernel = own
        states = (own + Self.kernelBytes(shape)).assumingMemoryBound(to: Float.self)
        query = states + PK_ATTENTION_ROWS * AttentionPlan.stateSize(shape)
        key = query + shape.headCount / shape.kvHeadCount * shape.headSize
        value = key + shape.headSize
    }

    private static func kernelBytes(_ shape: ModelConfiguration) -> Int {
        (pk_attention_scratch_bytes(shape.headSize) + 63) & ~63
    }
}
