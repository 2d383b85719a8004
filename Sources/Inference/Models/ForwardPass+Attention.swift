import CKernels
import Checkpoints
import Kernels

extension ForwardPass {
    /// From the results of the q/k/v matrices to the panels of the output matrix.
    func attend(_ layer: LlamaWeights.Layer, _ index: Int) {
        let need = Panels.Need(layer.attentionOutput, order: layer.attendedOrder)
        if attention.isDecode {
            let region = decodeRegion(layer, index, for: need)
            region.dispatch(tasks: attention.tileCount * shape.kvHeadCount, on: pool)
            if region.makesPanels { return }
        } else {
            // Tokens of a chunk read each other's keys and values, so all are stored first.
            RotationRegion(
                batch: batch, shape: shape, layer: layer, query: query, key: key, value: value, cosine: cosine,
                sine: sine, store: store, layerOffset: store.offset(layer: index, kvHead: 0), kernels: kernels
            ).dispatch(tasks: Panels.tileCount(batch.count), on: pool)
            AttentionRegion(
                batch: batch, shape: shape, tiles: attention.tiles, query: query, out: attended, store: store,
                layer: index, scratch: attentionScratch, kernels: kernels
            ).dispatch(tasks: attention.tileCount * shape.kvHeadCount, on: pool)
        }
        makePanels(of: attended, columns: shape.queryWidth, for: need)
    }

    private func decodeRegion(
        _ layer: LlamaWeights.Layer, _ index: Int, for need: Panels.Need
    ) -> DecodeAttentionRegion {
        DecodeAttentionRegion(
            batch: batch, shape: shape, layer: layer, layerIndex: index, tiles: attention.tiles,
            splitTokens: attention.splitTokens, states: attention.states, open: attention.open,
            taskCounts: attention.taskCounts, query: query, key: key, value: value, cosine: cosine, sine: sine,
            out: attended, panels: panels, need: need, store: store, scratch: attentionScratch, kernels: kernels)
    }
}
