import CKernels
import Checkpoints
import Kernels

/// The keys and values of one layer that the tasks of a region read. A task is one tile and one KV head.
struct AttentionSource {
    let batch: StepBatch
    let shape: ModelConfiguration
    let plan: UnsafeBufferPointer<AttentionTile>
    let store: KVStore
    let layer: Int

    var taskCount: Int { plan.count * shape.kvHeadCount }

    func tile(ofTask task: Int) -> (tile: AttentionTile, kvHead: Int) {
        let (tile, kvHead) = task.quotientAndRemainder(dividingBy: shape.kvHeadCount)
        return (plan[tile], kvHead)
    }

    /// All that the tile's sequence has, with nothing to fetch after it.
    func view(ofTask task: Int) -> pk_kv_view {
        let (tile, kvHead) = tile(ofTask: task)
        return pk_kv_view(
            base: base(kvHead), block_bytes: store.blockBytes, table: batch.tables[Int(tile.firstToken)],
            head_size: shape.headSize, next: pk_kv_blocks())
    }

    /// The tile's splits that its tokens see.
    func splits(_ tile: AttentionTile) -> Range<Int> {
        let position = Int(batch.positions[Int(tile.firstToken)])
        let first = max(Int(tile.firstSplit), firstSeen(from: position) / PK_ATTENTION_SPLIT)
        let end = Int(tile.firstSplit + tile.splitCount)
        return first..<max(first, end)
    }

    /// The first token that the token at `position` sees.
    func firstSeen(from position: Int) -> Int {
        shape.window(layer: layer).map { max(0, position + 1 - $0) } ?? 0
    }

    /// The blocks of the task's first split: what a thread reads next that has done the task before. None at the end.
    func firstBlocks(ofTask task: Int) -> pk_kv_blocks {
        guard task < taskCount else { return pk_kv_blocks() }
        let (tile, kvHead) = tile(ofTask: task)
        return blocks(tile, kvHead, split: splits(tile).lowerBound)
    }

    func blocks(_ tile: AttentionTile, _ kvHead: Int, split: Int) -> pk_kv_blocks {
        let first = Int(tile.firstToken), perSplit = PK_ATTENTION_SPLIT / PK_BLOCK
        let end = Int(batch.positions[first + Int(tile.tokenCount) - 1]) / PK_BLOCK + 1
        return pk_kv_blocks(
            base: base(kvHead), table: batch.tables[first].map { $0 + split * perSplit },
            count: max(0, end - split * perSplit))
    }

    private func base(_ kvHead: Int) -> UnsafeMutablePointer<UInt8> {
        store.base + store.offset(layer: layer, kvHead: kvHead)
    }
}
