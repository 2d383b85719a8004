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
    let delta: UnsafeMutablePointer<Float>  // [T][hidden], what a sub-layer adds to the residual stream
    let cosine: UnsafeMutablePointer<Float>  // [T][rope dimension / 2]
    let sine: UnsafeMutablePointer<Float>  // [T][rope dimension / 2]
    let panels: Panels
    let feedForwardPanels: Panels
    let feedForwardScratch: UnsafeMutablePointer<Float>  // one part for each thread
    let attentionScratch: UnsafeMutablePointer<UInt8>  // one part for each thread
    var attention: AttentionPlan
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
        delta = reserve(shape.hiddenSize)
        cosine = reserve(shape.ropeDimension / 2)
        sine = reserve(shape.ropeDimension / 2)
        panels = Panels(
            maximumTokens: maximum,
            maximumColumns: max(shape.hiddenSize, shape.queryWidth), reorders: weights.reorders, arena: arena)
        feedForwardPanels = Panels(
            maximumTokens: maximum, maximumColumns: shape.feedForwardSize, reorders: false, arena: arena)
        feedForwardScratch = arena.reserve(pool.threadCount * FeedForwardRegion.scratchCount, of: Float.self)
        attentionScratch = arena.reserve(pool.threadCount * AttentionScratch.byteCount(shape), of: UInt8.self)
        attention = AttentionPlan(
            shape: shape, threads: pool.threadCount, maximumTokens: maximumTokens, arena: arena)
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
        attention.make(for: batch)
        embed()
        for (index, layer) in weights.layers.enumerated() {
            // x + attention(norm(x)); the previous layer's feed-forward result joins x on the way.
            normalize(
                addsDelta: index > 0, layer.attentionNorm,
                for: Panels.Need(layer.query, layer.key, layer.value, order: layer.attentionOrder))
            multiply(layer.query, into: query, layer.key, into: key, layer.value, into: value)
            attend(layer, index)
            // Keys and values are stored: of the last layer's results only those count from which tokens are drawn.
            guard batch.count > 0 else { return }
            multiply(layer.attentionOutput, of: panels, into: delta)
            // x + down(silu(gate(norm(x))) · up(norm(x)))
            normalize(
                addsDelta: true, bias: layer.attentionOutputBias, layer.feedForwardNorm,
                for: Panels.Need(layer.gate, layer.up, order: layer.feedForwardOrder))
            gateAndActivate(layer)
            multiply(layer.down, of: feedForwardPanels, into: delta)
        }
        projectToVocabulary()
    }

    private func embed() {
        EmbeddingRegion(
            batch: batch, embedding: weights.embedding, rotary: weights.rotary, residual: residual, cosine: cosine,
            sine: sine
        ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
    }

    private func normalize(
        addsDelta: Bool, bias: UnsafePointer<Float>? = nil, _ weight: UnsafePointer<Float>, for need: Panels.Need
    ) {
        NormRegion(
            residual: residual, delta: addsDelta ? delta : nil, bias: bias, weight: weight,
            epsilon: shape.rmsNormEpsilon,
            columns: shape.hiddenSize, rowCount: batch.count, normed: normed, panels: panels, need: need,
            kernels: kernels
        ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
    }

    func makePanels(of activation: UnsafePointer<Float>, columns: Int, for need: Panels.Need) {
        ActivationRegion(
            activation: activation, columns: columns, tokens: batch.count, panels: panels, need: need, kernels: kernels
        ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
    }

    private func gateAndActivate(_ layer: LlamaWeights.Layer) {
        FeedForwardRegion(
            gate: layer.gate, up: layer.up, input: panels, tokens: batch.count, output: feedForwardPanels,
            need: Panels.Need(layer.down), scratch: feedForwardScratch, kernels: kernels, threads: pool.threadCount
        ).run(on: pool)
    }

    private func multiply(
        _ matrix: PackedMatrix, of panels: Panels, into out: UnsafeMutablePointer<Float>
    ) {
        var region = MatmulRegion(rows: batch.count)
        region.add(matrix, panels, into: out, kernels: kernels)
        region.run(on: pool)
    }

    /// The matrices that read the attention's normalised input share a region.
    private func multiply(
        _ first: PackedMatrix, into firstOut: UnsafeMutablePointer<Float>,
        _ second: PackedMatrix, into secondOut: UnsafeMutablePointer<Float>,
        _ third: PackedMatrix, into thirdOut: UnsafeMutablePointer<Float>
    ) {
        var region = MatmulRegion(rows: batch.count)
        region.add(first, panels, into: firstOut, kernels: kernels)
        region.add(second, panels, into: secondOut, kernels: kernels)
        region.add(third, panels, into: thirdOut, kernels: kernels)
        region.run(on: pool)
    }

    /// Closes up the rows whose logits are wanted, and forgets the others.
    func keepWantedRows() {
        for place in 0..<batch.logitCount {
            let row = Int(batch.logitRows[place])
            guard row != place else { continue }
            (residual + place * shape.hiddenSize).update(
                from: residual + row * shape.hiddenSize, count: shape.hiddenSize)
            (attended + place * shape.queryWidth).update(
                from: attended + row * shape.queryWidth, count: shape.queryWidth)
        }
        batch.keepWanted()
    }

    /// The final norm and the output matrix.
    private func projectToVocabulary() {
        normalize(addsDelta: true, weights.outputNorm.base, for: Panels.Need(weights.output))
        multiply(weights.output, of: panels, into: logits)
    }
}
