import CKernels
import Checkpoints
import Foundation
import Kernels
import Models
import Tokenization

/// Perplexity of a text, as llama-perplexity takes it, so that figures can be compared with its own: windows of
/// `context` tokens that do not overlap, of which the second half is scored.
struct Perplexity {
    let weights: LlamaWeights
    let tokens: [Int32]
    let context: Int
    let threads: Int
    let kernels: KernelTable

    private static let stepTokens = 256

    /// −ln p of each scored token.
    func negativeLogProbabilities(_ type: KVType) throws -> [Double] {
        let vocabulary = weights.configuration.vocabularySize
        let blocks = (context + PK_BLOCK - 1) / PK_BLOCK
        let pass = ForwardPass(
            weights: weights, store: try KVStore(blockCount: blocks, shape: weights.configuration, type: type),
            pool: WorkerPool(threads: threads), kernels: kernels, maximumTokens: Self.stepTokens,
            maximumLogits: Self.stepTokens)
        let table = (0..<Int32(blocks)).map { $0 }
        var scores: [Double] = []
        for window in 0..<tokens.count / context {
            let text = tokens[window * context..<(window + 1) * context]
            for start in stride(from: 0, to: context, by: Self.stepTokens) {
                let range = start..<min(context, start + Self.stepTokens)
                let scored = range.filter { $0 >= context / 2 && $0 + 1 < context }
                table.withUnsafeBufferPointer { table in
                    guard let base = table.baseAddress else { return }
                    pass.prepare { batch in
                        for place in range {
                            batch.append(token: text[text.startIndex + place], position: place, table: base)
                            if scored.contains(place) { batch.wantLogits() }
                        }
                    }
                    pass.run()
                }
                for (row, place) in scored.enumerated() {
                    let logits = pass.logits + row * pass.logitStride
                    let next = logits[Int(text[text.startIndex + place + 1])]
                    let largest = logits[kernels.functions.argmax(logits, vocabulary)]
                    let sum = kernels.functions.exponentials(logits, vocabulary, largest, 1, logits)
                    scores.append(log(Double(sum)) + Double(largest - next))
                }
            }
        }
        return scores
    }
}
