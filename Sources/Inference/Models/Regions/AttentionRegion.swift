import CKernels
import Checkpoints
import Kernels

/// Attention of the tokens of a step whose keys and values are stored.
///
/// The query heads that share a KV head, times the tile's tokens, are the rows of the kernel's calls.
struct AttentionRegion: ParallelRegion {
    static let tokensPerBlock = PK_BLOCK

    let source: AttentionSource
    let query: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let out: UnsafeMutablePointer<Float>  // [T][heads · head size]
    /// One part for each thread.
    let scratch: UnsafeMutablePointer<UInt8>
    let kernels: KernelTable

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: AttentionRegion.self).pointee.run(task: task, thread: thread)
    }

    /// Scores are powers of two: log2 e / √(head size).
    static func queryScale(_ shape: ModelConfiguration) -> Float { 1.44269504 / Float(shape.headSize).squareRoot() }

    func run(task: Int, thread: Int) {
        let (tile, kvHead) = source.tile(ofTask: task)
        let shape = source.shape
        let size = shape.headSize, group = shape.headCount / shape.kvHeadCount
        let first = Int(tile.firstToken), rowCount = Int(tile.tokenCount) * group
        let scratch = AttentionScratch(scratch, thread: thread, shape: shape)
        let stateSize = AttentionPlan.stateSize(shape), width = shape.queryWidth
        func place(_ token: Int, _ member: Int) -> Int { token * width + (kvHead * group + member) * size }
        func advance(_ token: inout Int, _ member: inout Int) {
            member += 1
            if member == group { (token, member) = (token + 1, 0) }
        }
        let functions = kernels.functions, attend = kernels.attend(source.store.type)
        var view = source.view(ofTask: task)
        // Row by row of the tile: the group's heads of its first token, of its next, ...
        withUnsafeTemporaryAllocation(of: pk_attention_row.self, capacity: PK_ATTENTION_ROWS) { rows in
            var token = first, member = 0
            for start in stride(from: 0, to: rowCount, by: PK_ATTENTION_ROWS) {
                let count = min(PK_ATTENTION_ROWS, rowCount - start), begin = (token, member)
                for row in 0..<count {
                    let position = Int(source.batch.positions[token])
                    rows[row] = pk_attention_row(
                        query: query + place(token, member), state: scratch.states + row * stateSize,
                        from: source.firstSeen(from: position), to: position + 1)
                    advance(&token, &member)
                }
                // Positions ascend.
                let firstSplit = rows[0].from / PK_ATTENTION_SPLIT
                let endSplit = (rows[count - 1].to - 1) / PK_ATTENTION_SPLIT + 1
                if start + count == rowCount { view.next = source.firstBlocks(ofTask: task + 1) }
                attend(&view, rows.baseAddress, count, firstSplit, endSplit - firstSplit, scratch.kernel)
                (token, member) = begin
                for row in 0..<count {
                    functions.finish_attention(rows[row].state, size, out + place(token, member))
                    advance(&token, &member)
                }
            }
        }
    }
}
