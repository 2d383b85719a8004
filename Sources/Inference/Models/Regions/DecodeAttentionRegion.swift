import CKernels
import Checkpoints
import Kernels
import Synchronization

/// Everything between the q/k/v matrices and the output matrix, for a step in which every sequence has one token.
///
/// Biases, rotation, storing and attention of one token and head depend on no other task, so there is no barrier
/// between them: the task with a token's last split stores its key and value, and only that split holds them. Whoever
/// ends the last task of a panel's tokens merges their splits in order and makes the panel's part for this head; it
/// finds the same whoever it is.
struct DecodeAttentionRegion: ParallelRegion {
    let source: AttentionSource
    let layer: LlamaWeights.Layer
    let splitTokens: UnsafeMutablePointer<SplitToken>  // [T]
    let states: UnsafeMutablePointer<Float>
    let open: UnsafeMutablePointer<Atomic<Int>>  // [panel tile][kv head]
    let taskCounts: UnsafeMutablePointer<Int>  // [panel tile]
    let query: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let key: UnsafeMutablePointer<Float>  // [T][kv heads · head size]
    let value: UnsafeMutablePointer<Float>  // [T][kv heads · head size]
    let cosine: UnsafeMutablePointer<Float>  // [T][rope dimension / 2]
    let sine: UnsafeMutablePointer<Float>
    let out: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let panels: Panels
    let need: Panels.Need
    /// One part for each thread.
    let scratch: UnsafeMutablePointer<UInt8>
    let kernels: KernelTable

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: DecodeAttentionRegion.self).pointee.run(task: task, thread: thread)
    }

    /// Whether the heads of one KV head fill whole blocks of a panel in its own order, so that tasks can make panels.
    var makesPanels: Bool { need.order == nil && group * shape.headSize % PK_BLOCK == 0 }

    private var batch: StepBatch { source.batch }
    private var shape: ModelConfiguration { source.shape }
    private var group: Int { shape.headCount / shape.kvHeadCount }

    func run(task: Int, thread: Int) {
        let (tile, kvHead) = source.tile(ofTask: task)
        let place = Int(tile.firstToken)
        let scratch = AttentionScratch(scratch, thread: thread, shape: shape)
        turnQueries(place, kvHead, scratch)
        let lastSplit = Int(batch.positions[place]) / PK_ATTENTION_SPLIT
        if Int(tile.firstSplit + tile.splitCount) > lastSplit { storeKeyAndValue(place, kvHead, scratch) }
        attend(task, scratch)

        let panelTile = place / PK_TILE
        let tasks = open + (panelTile * shape.kvHeadCount + kvHead)
        guard tasks.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        tasks.pointee.store(taskCounts[panelTile], ordering: .relaxed)  // for the next layer
        finish(panelTile, kvHead)
    }

    private func turnQueries(_ place: Int, _ kvHead: Int, _ scratch: AttentionScratch) {
        let functions = kernels.functions, width = group * shape.headSize, pairs = shape.ropeDimension / 2
        let first = kvHead * width
        scratch.query.update(from: query + place * shape.queryWidth + first, count: width)
        if let bias = layer.queryBias { functions.add(scratch.query, bias + first, width) }
        functions.rotate(
            scratch.query, group, shape.headSize, pairs, cosine + place * pairs, sine + place * pairs)
        let scale = AttentionRegion.queryScale(shape)
        for index in 0..<width { scratch.query[index] *= scale }
    }

    private func storeKeyAndValue(_ place: Int, _ kvHead: Int, _ scratch: AttentionScratch) {
        let functions = kernels.functions, size = shape.headSize, pairs = shape.ropeDimension / 2
        let first = kvHead * size
        let stride = PackedMatrix.groups(rows: shape.kvWidth) * PK_ROWS
        scratch.key.update(from: key + place * stride + first, count: size)
        scratch.value.update(from: value + place * stride + first, count: size)
        if let bias = layer.keyBias { functions.add(scratch.key, bias + first, size) }
        if let bias = layer.valueBias { functions.add(scratch.value, bias + first, size) }
        functions.rotate(scratch.key, 1, size, pairs, cosine + place * pairs, sine + place * pairs)
        guard let table = batch.tables[place] else { return }
        let (block, slot) = Int(batch.positions[place]).quotientAndRemainder(dividingBy: PK_BLOCK)
        let store = source.store
        let base =
            store.base + Int(table[block]) * store.blockBytes
            + store.offset(layer: source.layer, kvHead: kvHead)
        kernels.storeKV(store.type)(base, slot, size, scratch.key, scratch.value)
    }

    /// All splits of the tile into `out`, or each into its slot.
    private func attend(_ task: Int, _ scratch: AttentionScratch) {
        let (tile, kvHead) = source.tile(ofTask: task), splits = source.splits(tile)
        guard !splits.isEmpty else { return }
        let place = Int(tile.firstToken), size = shape.headSize, stateSize = AttentionPlan.stateSize(shape)
        let position = Int(batch.positions[place]), from = source.firstSeen(from: position)
        let attend = kernels.attend(source.store.type)
        var view = source.view(ofTask: task)
        withUnsafeTemporaryAllocation(of: pk_attention_row.self, capacity: PK_ATTENTION_ROWS) { rows in
            for start in stride(from: 0, to: group, by: PK_ATTENTION_ROWS) {
                let count = min(PK_ATTENTION_ROWS, group - start)
                func call(_ part: Range<Int>, into states: UnsafeMutablePointer<Float>) {
                    for row in 0..<count {
                        rows[row] = pk_attention_row(
                            query: scratch.query + (start + row) * size, state: states + row * stateSize, from: from,
                            to: position + 1)
                    }
                    view.next =
                        part.upperBound < splits.upperBound
                        ? source.blocks(tile, kvHead, split: part.upperBound) : source.firstBlocks(ofTask: task + 1)
                    attend(&view, rows.baseAddress, count, part.lowerBound, part.count, scratch.kernel)
                }
                guard tile.slot < 0 else {
                    for split in splits {
                        let slot = Int(tile.slot) + split - Int(tile.firstSplit)
                        call(split..<split + 1, into: slotStates(slot, kvHead) + start * stateSize)
                    }
                    continue
                }
                call(splits, into: scratch.states)
                for row in 0..<count {
                    kernels.functions.finish_attention(
                        rows[row].state, size, out + place * shape.queryWidth + (kvHead * group + start + row) * size)
                }
            }
        }
    }

    private func slotStates(_ slot: Int, _ kvHead: Int) -> UnsafeMutablePointer<Float> {
        AttentionPlan.states(states, slot: slot, kvHead: kvHead, shape)
    }

    /// Merges what was cut of a panel's tokens, and makes the panel's part for this head.
    private func finish(_ panelTile: Int, _ kvHead: Int) {
        let range = Panels.range(tile: panelTile, of: batch.count)
        for place in range where splitTokens[place].splitCount > 1 { merge(place, kvHead) }
        if makesPanels {
            let width = group * shape.headSize
            panels.fill(
                range, of: out, columns: shape.queryWidth, part: kvHead * width..<(kvHead + 1) * width, for: need,
                kernels: kernels)
        }
    }

    private func merge(_ place: Int, _ kvHead: Int) {
        let functions = kernels.functions, size = shape.headSize, stateSize = AttentionPlan.stateSize(shape)
        let token = splitTokens[place]
        let from = source.firstSeen(from: Int(batch.positions[place]))
        let first = Int(token.slot) + from / PK_ATTENTION_SPLIT
        for member in 0..<group {
            let state = slotStates(first, kvHead) + member * stateSize
            for slot in first + 1..<Int(token.slot + token.splitCount) {
                functions.merge_attention(state, slotStates(slot, kvHead) + member * stateSize, size)
            }
            functions.finish_attention(
                state, size, out + place * shape.queryWidth + (kvHead * group + member) * size)
        }
    }
}
