import CKernels
import Checkpoints
import Kernels

/// Adds biases, turns queries and keys by their positions, and stores keys and values. A task is a tile of tokens.
struct RotationRegion: ParallelRegion {
    let batch: StepBatch
    let shape: ModelConfiguration
    let layer: LlamaWeights.Layer
    let query: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let key: UnsafeMutablePointer<Float>  // [T][kv heads · head size, padded to row groups]
    let value: UnsafeMutablePointer<Float>  // [T][kv heads · head size, padded to row groups]
    let cosine: UnsafeMutablePointer<Float>  // [T][rope dimension / 2]
    let sine: UnsafeMutablePointer<Float>
    let store: KVStore
    /// Bytes from the start of a block to this layer's first head.
    let layerOffset: Int
    let kernels: KernelTable

    static let body: WorkerPool.Body = { region, task, thread in
        region.assumingMemoryBound(to: RotationRegion.self).pointee.run(task: task, thread: thread)
    }

    func run(task: Int, thread: Int) {
        let functions = kernels.functions, pairs = shape.ropeDimension / 2, size = shape.headSize
        let queryScale = AttentionRegion.queryScale(shape), storeKV = kernels.storeKV(store.type)
        let kvStride = PackedMatrix.groups(rows: shape.kvWidth) * PK_ROWS
        for place in Panels.range(tile: task, of: batch.count) {
            let q = query + place * shape.queryWidth, k = key + place * kvStride, v = value + place * kvStride
            if let bias = layer.queryBias { functions.add(q, bias, shape.queryWidth) }
            if let bias = layer.keyBias { functions.add(k, bias, shape.kvWidth) }
            if let bias = layer.valueBias { functions.add(v, bias, shape.kvWidth) }
            let cosine = cosine + place * pairs, sine = sine + place * pairs
            functions.rotate(q, shape.headCount, size, pairs, cosine, sine)
            functions.rotate(k, shape.kvHeadCount, size, pairs, cosine, sine)
            for index in 0..<shape.queryWidth { q[index] *= queryScale }

            let position = Int(batch.positions[place])
            guard let table = batch.tables[place] else { continue }
            let (block, slot) = position.quotientAndRemainder(dividingBy: AttentionRegion.tokensPerBlock)
            let base = store.base + Int(table[block]) * store.blockBytes + layerOffset
            for head in 0..<shape.kvHeadCount {
                storeKV(base + head * store.headBytes, slot, size, k + head * size, v + head * size)
            }
        }
    }
}
