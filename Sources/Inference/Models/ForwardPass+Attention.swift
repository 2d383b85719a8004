import CKernels
import Checkpoints
import Kernels

extension ForwardPass {
    /// From the results of the q/k/v matrices to the panels of the output matrix, in the last layer of the wanted rows.
    func attend(_ layer: LlamaWeights.Layer, _ index: Int) {
        let need = Panels.Need(layer.attentionOutput, order: layer.attendedOrder)
        let source = AttentionSource(
            batch: batch, shape: shape, plan: UnsafeBufferPointer(start: attention.tiles, count: attention.tileCount),
            store: store, layer: index)
        if attention.isDecode {
            let region = decodeRegion(layer, source, for: need)
            region.dispatch(tasks: source.taskCount, on: pool)
            if region.makesPanels { return }
        } else {
            // Tokens of a chunk read each other's keys and values, so all are stored first.
            RotationRegion(
                batch: batch, shape: shape, layer: layer, query: query, key: key, value: value, cosine: cosine,
                sine: sine, store: store, layerOffset: store.offset(layer: index, kvHead: 0), kernels: kernels
            ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
            AttentionRegion(
                source: source, query: query, out: attended, scratch: attentionScratch, kernels: kernels
            ).dispatch(tasks: source.taskCount, on: pool)
        }
        if index == weights.layers.count - 1 { keepWantedRows() }
        makePanels(of: attended, columns: shape.queryWidth, for: need)
    }

    private func decodeRegion(
        _ layer: LlamaWeights.Layer, _ source: AttentionSource, for need: Panels.Need
    ) -> DecodeAttentionRegion {
        DecodeAttentionRegion(
            source: source, layer: layer, splitTokens: attention.splitTokens, states: attention.states,
            open: attention.open, taskCounts: attention.taskCounts, query: query, key: key, value: value,
            cosine: cosine, sine: sine, out: attended, panels: panels, need: need, scratch: attentionScratch,
            kernels: kernels)
    }
}
