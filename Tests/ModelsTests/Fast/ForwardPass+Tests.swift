import Foundation
import Kernels
import Models
import TestSupport

extension PackedModel {
    func fingerprint(_ set: InstructionSet) -> String {
        weights.fingerprint(kvType: .standard, instructionSet: set)
    }

    /// The best set, and the scalar one if it computes this model more precisely.
    var sets: [InstructionSet] { fingerprint(.best) == fingerprint(.scalar) ? [.best] : [.best, .scalar] }

    /// The logits after every token of `tokens`, computed in chunks of `chunk`.
    func logits(
        _ tokens: [Int32], chunk: Int = 64, threads: Int = 1, set: InstructionSet = .best,
        kvType: KVType = .standard
    ) throws -> [[Float]] {
        let shape = weights.configuration
        let blocks = (tokens.count + 31) / 32
        guard let kernels = set.kernels else { return [] }
        let pass = ForwardPass(
            weights: weights, store: try KVStore(blockCount: blocks + 1, shape: shape, type: kvType),
            pool: WorkerPool(threads: threads), kernels: kernels, maximumTokens: chunk, maximumLogits: chunk)
        // Blocks out of order, as a pool hands them out.
        let table = (0..<blocks).map { Int32(blocks - $0) }
        var logits: [[Float]] = []
        for start in stride(from: 0, to: tokens.count, by: chunk) {
            let end = min(tokens.count, start + chunk)
            table.withUnsafeBufferPointer { table in
                guard let base = table.baseAddress else { return }
                pass.prepare { batch in
                    for position in start..<end {
                        batch.append(token: tokens[position], position: position, table: base)
                        batch.wantLogits()
                    }
                }
                pass.run()
            }
            for row in 0..<end - start {
                let first = pass.logits + row * pass.logitStride
                logits.append(Array(UnsafeBufferPointer(start: first, count: shape.vocabularySize)))
            }
        }
        return logits
    }

    /// The log-probability of each token after those before it, and the likeliest token there.
    func forced(
        _ tokens: [Int32], chunk: Int = 64, threads: Int = 2, set: InstructionSet = .best,
        kvType: KVType = .standard
    ) throws -> (
        logProbabilities: [Double], best: [Int32]
    ) {
        let logits = try logits(Array(tokens.dropLast()), chunk: chunk, threads: threads, set: set, kvType: kvType)
        var probabilities: [Double] = [], best: [Int32] = []
        for (row, next) in zip(logits, tokens.dropFirst()) {
            let top = row.max() ?? 0
            let sum = row.reduce(0.0) { $0 + exp(Double($1 - top)) }
            probabilities.append(Double(row[Int(next)] - top) - log(sum))
            best.append(Int32(row.firstIndex(of: top) ?? 0))
        }
        return (probabilities, best)
    }
}
