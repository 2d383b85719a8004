import CKernels
import Checkpoints
package import Kernels

/// One step of a Llama model over the tokens of all sequences: embedding → layers → logits.
///
/// All buffers are reserved at `init` for the largest step. One thread calls `run`; the pool's threads help.
package final class ForwardPass {
    let weights: LlamaWeights
    let shape: ModelConfiguration
    let store: KVStore
    let pool: WorkerPool
    let kernels: KernelTable
    let arena = Arena()
    package private(set) var batch: StepBatch

    // Activations, [token][width], widths padded to whole row groups. T = the step's tokens.
    let residual: UnsafeMutablePointer<Float>  // [T][hidden]
    let normed: UnsafeMutablePointer<Float>  // [T][hidden]
    let query: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let key: UnsafeMutablePointer<Float>  // [T][kv heads · head size]
    let value: UnsafeMutablePointer<Float>  // [T][kv heads · head size]
    let attended: UnsafeMutablePointer<Float>  // [T][heads · head size]
    let gate: UnsafeMutablePointer<Float>  // [T][feed-forward]
    let up: UnsafeMutablePointer<Float>  // [T][feed-forward]
    let delta: UnsafeMutablePointer<Float>  // [T][hidden], what a sub-layer adds to the residual stream
    let cosine: UnsafeMutablePointer<Float>  // [T][rope dimension / 2]
    let sine: UnsafeMutablePointer<Float>  // [T][rope dimension / 2]
    let panels: Panels
    let attentionScratch: UnsafeMutablePointer<Float>  // one part for each thread
    let attentionTiles: UnsafeMutablePointer<AttentionTile>  // at most T
    var attentionTileCount = 0
    /// [logit row][padded vocabulary], valid until the next step.
    package let logits: UnsafeMutablePointer<Float>
    package let logitStride: Int

    package init(
        weights: LlamaWeights, store: KVStore, pool: WorkerPool, kernels: KernelTable, maximumTokens: Int,
        maximumLogits: Int
    ) {
        self.weights = weights
        self.store = store
        self.pool = pool
        self.kernels = kernels
        shape = weights.configuration
        let maximum = max(maximumTokens, maximumLogits)
        batch = StepBatch(maximumTokens: maximumTokens, maximumLogits: maximumLogits, arena: arena)
        let arena = arena
        func reserve(_ width: Int) -> UnsafeMutablePointer<Float> {
            arena.reserve(maximum * PackedMatrix.groups(rows: width) * PK_ROWS, of: Float.self)
        }
        residual = reserve(shape.hiddenSize)
        normed = reserve(shape.hiddenSize)
        query = reserve(shape.queryWidth)
        key = reserve(shape.kvWidth)
        value = reserve(shape.kvWidth)
        attended = reserve(shape.queryWidth)
        gate = reserve(shape.feedForwardSize)
        up = reserve(shape.feedForwardSize)
        delta = reserve(shape.hiddenSize)
        cosine = reserve(shape.ropeDimension / 2)
        sine = reserve(shape.ropeDimension / 2)
        panels = Panels(
            maximumTokens: maximum,
            maximumColumns: max(shape.hiddenSize, shape.queryWidth, shape.feedForwardSize), arena: arena)
        attentionScratch = arena.reserve(pool.threadCount * AttentionRegion.scratchCount(shape), of: Float.self)
        attentionTiles = arena.reserve(maximum, of: AttentionTile.self)
        logitStride = weights.output.groups * PK_ROWS
        logits = arena.reserve(maximumLogits * logitStride, of: Float.self)
    }

    /// Fills the batch for the next `run`.
    package func prepare(_ fill: (inout StepBatch) -> Void) {
        batch.clear()
        fill(&batch)
    }

    /// Computes the batch: stores its keys and values, and leaves the wanted logits in `logits`.
    package func run() {
        guard batch.count > 0 else { return }
        planAttention()
        embed()
        for (index, layer) in weights.layers.enumerated() {
            // x + attention(norm(x)); the previous layer's feed-forward result joins x on the way.
            normalize(addsDelta: index > 0, layer.attentionNorm, for: Panels.Need(layer.query, layer.key, layer.value))
            multiply(layer.query, into: query, layer.key, into: key, layer.value, into: value)
            rotateAndStore(layer, index)
            attend(layer: index)
            makePanels(of: attended, columns: shape.queryWidth, for: Panels.Need(layer.attentionOutput))
            multiply(layer.attentionOutput, into: delta)
            // x + down(silu(gate(norm(x))) · up(norm(x)))
            normalize(addsDelta: true, layer.feedForwardNorm, for: Panels.Need(layer.gate, layer.up))
            multiply(layer.gate, into: gate, layer.up, into: up)
            makePanels(of: gate, multipliedBy: up, columns: shape.feedForwardSize, for: Panels.Need(layer.down))
            multiply(layer.down, into: delta)
        }
        projectToVocabulary()
    }

    /// Cuts the batch into attention tiles, once for all layers.
    private func planAttention() {
        let most = AttentionRegion.tokensPerTile(shape)
        attentionTileCount = 0
        var place = 0
        while place < batch.count {
            var end = place + 1
            while end < batch.count && end - place < most && batch.tables[end] == batch.tables[place] { end += 1 }
            attentionTiles[attentionTileCount] = AttentionTile(
                firstToken: Int32(place), tokenCount: Int32(end - place))
            attentionTileCount += 1
            place = end
        }
    }

    private func embed() {
        EmbeddingRegion(
            batch: batch, embedding: weights.embedding, rotary: weights.rotary, residual: residual, cosine: cosine,
            sine: sine
        ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
    }

    private func normalize(addsDelta: Bool, _ weight: UnsafePointer<Float>, for need: Panels.Need) {
        NormRegion(
            residual: residual, delta: addsDelta ? delta : nil, weight: weight, epsilon: shape.rmsNormEpsilon,
            columns: shape.hiddenSize, rows: nil, rowCount: batch.count, normed: normed, panels: panels, need: need,
            kernels: kernels
        ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
    }

    private func rotateAndStore(_ layer: LlamaWeights.Layer, _ index: Int) {
        RotationRegion(
            batch: batch, shape: shape, layer: layer, query: query, key: key, value: value, cosine: cosine, sine: sine,
            store: store, layerOffset: store.offset(layer: index, kvHead: 0), kernels: kernels
        ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
    }

    private func attend(layer: Int) {
        AttentionRegion(
            batch: batch, shape: shape, tiles: attentionTiles, query: query, out: attended, store: store, layer: layer,
            scratch: attentionScratch, kernels: kernels
        ).dispatch(tasks: attentionTileCount * shape.kvHeadCount, on: pool)
    }

    private func makePanels(
        of activation: UnsafeMutablePointer<Float>, multipliedBy up: UnsafeMutablePointer<Float>? = nil, columns: Int,
        for need: Panels.Need
    ) {
        ActivationRegion(
            activation: activation, up: up, columns: columns, tokens: batch.count, panels: panels, need: need,
            kernels: kernels
        ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
    }

    private func multiply(
        _ first: PackedMatrix, into firstOut: UnsafeMutablePointer<Float>,
        _ second: PackedMatrix? = nil, into secondOut: UnsafeMutablePointer<Float>? = nil,
        _ third: PackedMatrix? = nil, into thirdOut: UnsafeMutablePointer<Float>? = nil
    ) {
        var region = MatmulRegion(rows: batch.count)
        region.add(first, panels, into: firstOut, kernels: kernels)
        if let second, let secondOut { region.add(second, panels, into: secondOut, kernels: kernels) }
        if let third, let thirdOut { region.add(third, panels, into: thirdOut, kernels: kernels) }
        region.run(on: pool)
    }

    /// The final norm and the output matrix, for the wanted rows alone.
    private func projectToVocabulary() {
        let rows = batch.logitCount
        NormRegion(
            residual: residual, delta: delta, weight: weights.outputNorm.base, epsilon: shape.rmsNormEpsilon,
            columns: shape.hiddenSize, rows: batch.logitRows, rowCount: rows, normed: normed, panels: panels,
            need: Panels.Need(weights.output), kernels: kernels
        ).dispatch(tasks: Panels.tileCount(rows), on: pool)
        var region = MatmulRegion(rows: rows)
        region.add(weights.output, panels, into: logits, kernels: kernels)
        region.run(on: pool)
    }
}
