import CKernels
import Checkpoints
import Kernels

/// Attention of the tokens of a step whose keys and values are stored. A task is one tile and one KV head.
///
/// The query heads that share a KV head, times the tile's tokens, are the rows of the kernel's calls.
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
    let scratch: UnsafeMutablePointer<UInt8>
    let kernels: KernelTable

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: AttentionRegion.self).pointee.run(task: task, thread: thread)
    }

    /// Scores are powers of two: log2 e / √(head size).
    static func queryScale(_ shape: ModelConfiguration) -> Float { 1.44269504 / Float(shape.headSize).squareRoot() }

    /// The first token that the token at `position` sees.
    static func firstSeen(from position: Int, window: Int?) -> Int { window.map { max(0, position + 1 - $0) } ?? 0 }

    func run(task: Int, thread: Int) {
        let (tileIndex, kvHead) = task.quotientAndRemainder(dividingBy: shape.kvHeadCount)
        let tile = tiles[tileIndex]
        let size = shape.headSize, group = shape.headCount / shape.kvHeadCount
        let first = Int(tile.firstToken), rowCount = Int(tile.tokenCount) * group
        let scratch = AttentionScratch(scratch, thread: thread, shape: shape)
        let functions = kernels.functions, attend = kernels.attend(store.type), window = shape.window(layer: layer)
        var view = pk_kv_view(
            base: store.base + store.offset(layer: layer, kvHead: kvHead), block_bytes: store.blockBytes,
            table: batch.tables[first], head_size: size)
        withUnsafeTemporaryAllocation(of: pk_attention_row.self, capacity: PK_ATTENTION_ROWS) { rows in
            for start in stride(from: 0, to: rowCount, by: PK_ATTENTION_ROWS) {
                let end = min(rowCount, start + PK_ATTENTION_ROWS)
                var from = Int.max, to = 0
                for row in start..<end {
                    let (token, member) = row.quotientAndRemainder(dividingBy: group)
                    let position = Int(batch.positions[first + token])
                    let seen = Self.firstSeen(from: position, window: window)
                    rows[row - start] = pk_attention_row(
                        query: query + offset(first + token, kvHead, member),
                        state: scratch.states + (row - start) * AttentionPlan.stateSize(shape), from: seen,
                        to: position + 1)
                    from = min(from, seen)
                    to = max(to, position + 1)
                }
                let firstSplit = from / PK_ATTENTION_SPLIT
                attend(
                    &view, rows.baseAddress, end - start, firstSplit, (to - 1) / PK_ATTENTION_SPLIT + 1 - firstSplit,
                    scratch.kernel)
                for row in start..<end {
                    let (token, member) = row.quotientAndRemainder(dividingBy: group)
                    functions.finish_attention(
                        rows[row - start].state, size, out + offset(first + token, kvHead, member))
                }
            }
        }
    }

    private func offset(_ place: Int, _ kvHead: Int, _ member: Int) -> Int {
        place * shape.queryWidth + (kvHead * (shape.headCount / shape.kvHeadCount) + member) * shape.headSize
    }
}
