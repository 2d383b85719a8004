import CKernels
import Checkpoints
import Kernels

/// Neighbouring tokens of one sequence whose queries are answered together, so that keys are read once for all.
struct AttentionTile: BitwiseCopyable {
    var firstToken: Int32
    var tokenCount: Int32
}

/// Attention of every token over its sequence's tokens so far. A task is one tile and one KV head.
///
/// The query heads that share a KV head, times the tile's tokens, are the rows of one kernel call.
struct AttentionRegion: ParallelRegion {
    static let tokensPerBlock = PK_BLOCK

    let batch: StepBatch
    let shape: ModelConfiguration
    let tiles: UnsafeMutablePointer<AttentionTile>
    let query: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let out: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let store: KVStore
    let layer: Int
    /// One part for each thread.
    let scratch: UnsafeMutablePointer<Float>
    let kernels: KernelTable

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: AttentionRegion.self).pointee.run(task: task, thread: thread)
    }

    static func scratchCount(_ shape: ModelConfiguration) -> Int {
        PK_ATTENTION_ROWS * (PK_ATTENTION_SPLIT + shape.headSize)
    }

    /// Tokens of one tile: as many as fill a kernel call.
    static func tokensPerTile(_ shape: ModelConfiguration) -> Int {
        max(1, PK_ATTENTION_ROWS / (shape.headCount / shape.kvHeadCount))
    }

    func run(task: Int, thread: Int) {
        let (tileIndex, kvHead) = task.quotientAndRemainder(dividingBy: shape.kvHeadCount)
        let tile = tiles[tileIndex]
        let size = shape.headSize, group = shape.headCount / shape.kvHeadCount
        let first = Int(tile.firstToken)
        var view = pk_kv_view(
            base: store.base + store.offset(layer: layer, kvHead: kvHead), block_bytes: store.blockBytes,
            table: batch.tables[first], head_size: size)
        withUnsafeTemporaryAllocation(of: pk_attention_row.self, capacity: PK_ATTENTION_ROWS) { rows in
            var count = 0
            for place in first..<first + Int(tile.tokenCount) {
                for member in 0..<group {
                    let offset = place * shape.queryWidth + (kvHead * group + member) * size
                    rows[count] = pk_attention_row(
                        query: query + offset, out: out + offset, tokens: Int(batch.positions[place]) + 1)
                    count += 1
                    if count == PK_ATTENTION_ROWS || (member == group - 1 && place == first + Int(tile.tokenCount) - 1)
                    {
                        kernels.functions.attention(
                            &view, rows.baseAddress, count, scratch + thread * Self.scratchCount(shape))
                        count = 0
                    }
                }
            }
        }
    }
}
