import CKernels
import Kernels

/// Looks up the step's tokens in the embedding and the angles of their positions. A task is a tile of tokens.
struct EmbeddingRegion: ParallelRegion {
    let batch: StepBatch
    let embedding: PackedMatrix
    let rotary: RotaryEmbedding
    let residual: UnsafeMutablePointer<Float>
    let cosine: UnsafeMutablePointer<Float>
    let sine: UnsafeMutablePointer<Float>

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: EmbeddingRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let columns = embedding.columns, pairs = rotary.frequencies.count
        let groupBytes = pk_group_bytes(embedding.format, columns)
        for place in Panels.range(tile: task, of: batch.count) {
            let (group, row) = Int(batch.tokens[place]).quotientAndRemainder(dividingBy: PK_ROWS)
            let packed = embedding.base.assumingMemoryBound(to: UInt8.self) + group * groupBytes
            pk_unpack_row(embedding.format, packed, row, columns, residual + place * columns)
            rotary.write(
                position: Int(batch.positions[place]), cosine: cosine + place * pairs, sine: sine + place * pairs)
        }
    }
}
