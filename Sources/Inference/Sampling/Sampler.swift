package import Kernels

/// Draws tokens from logits, one thread at a time; allocates nothing after `init`.
///
/// The order is vLLM's: repetition penalty, temperature, min_p, top_k, then top_p over what top_k left. Ties go to the
/// smaller token.
package struct Sampler: ~Copyable {
    private let kernels: KernelTable
    private let vocabularySize: Int
    /// exp((logit - maximum) / temperature) of every token.
    private let weights: UnsafeMutableBufferPointer<Float>
    /// Tokens that are still in the draw.
    private let candidates: UnsafeMutableBufferPointer<Int32>

    /// Tokens whose weights are summed together in the first pass of an unrestricted draw.
    private static let run = 256

    package init(vocabularySize: Int, kernels: KernelTable) {
        self.kernels = kernels
        self.vocabularySize = vocabularySize
        weights = .allocate(capacity: vocabularySize)
        candidates = .allocate(capacity: vocabularySize)
        weights.initialize(repeating: 0)
        candidates.initialize(repeating: 0)
    }

    deinit {
        weights.deallocate()
        candidates.deallocate()
    }

    /// Draws from `logits` ([vocabulary size]) for the token at `position` of choice number `choice`.
    package borrowing func draw(
        _ logits: UnsafePointer<Float>, _ parameters: SamplingParameters, choice: Int, position: Int
    ) -> Int32 {
        let likeliest = kernels.functions.argmax(logits, vocabularySize)
        guard parameters.temperature > 0, let base = weights.baseAddress else { return Int32(likeliest) }
        let inverse = 1 / parameters.temperature
        let random = Philox.uniform(seed: parameters.seed, choice: choice, position: position)

        var total = 0.0
        for start in stride(from: 0, to: vocabularySize, by: Self.run) {
            let count = min(Self.run, vocabularySize - start)
            total += Double(
                kernels.functions.exponentials(logits + start, count, logits[likeliest], inverse, base + start))
        }
        // Logits that are not numbers, or a temperature so small that nothing but the likeliest is left.
        guard total.isFinite, total > 0, inverse.isFinite else { return Int32(likeliest) }
        if parameters.topK == 0 && parameters.topP >= 1 && parameters.minP == 0 {
            return drawFromAll(random * total) ?? Int32(likeliest)
        }
        return drawRestricted(random, total: total, parameters)
    }

    /// Makes tokens that were seen less likely, as transformers and vLLM do (Keskar et al., CTRL).
    ///
    /// - Parameter seen: `SeenTokens.words`.
    package borrowing func penalize(
        _ logits: UnsafeMutablePointer<Float>, seen: UnsafePointer<UInt64>, by penalty: Float
    ) {
        for word in 0..<SeenTokens.wordCount(vocabularySize) {
            var bits = seen[word]
            while bits != 0 {
                let token = word * 64 + bits.trailingZeroBitCount
                bits &= bits - 1
                logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty
            }
        }
    }

    /// The token in whose share of the weights `target` falls, in the vocabulary's order.
    private borrowing func drawFromAll(_ target: Double) -> Int32? {
        var rest = target
        var last: Int32?
        for token in 0..<vocabularySize where weights[token] > 0 {
            last = Int32(token)
            rest -= Double(weights[token])
            if rest < 0 { break }
        }
        return last
    }

    private borrowing func drawRestricted(_ random: Double, total: Double, _ parameters: SamplingParameters) -> Int32 {
        // All tokens below (1 - top_p) / vocabulary size together weigh less than 1 - top_p, so the nucleus lies above.
        var least = parameters.minP
        if parameters.topK == 0 && parameters.minP == 0 {
            least = Float((1 - Double(parameters.topP)) * total / Double(vocabularySize))
        }
        var count = 0
        var candidateTotal = 0.0
        for token in 0..<vocabularySize where weights[token] >= least {
            candidates[count] = Int32(token)
            count += 1
            candidateTotal += Double(weights[token])
        }
        if parameters.minP == 0 { candidateTotal = total }

        // The likeliest tokens are popped off a heap to the buffer's end, in descending order from `count - 1` down.
        let limit = parameters.topK == 0 ? count : min(parameters.topK, count)
        var heap = CandidateHeap(tokens: candidates, weights: weights, count: count)
        heap.order()
        var kept = 0
        var keptTotal = 0.0
        if parameters.topK > 0 {
            while kept < limit {
                keptTotal += Double(weights[Int(heap.popLargest())])
                kept += 1
            }
            candidateTotal = keptTotal
            var nucleus = 0
            keptTotal = 0
            while nucleus < kept && keptTotal < Double(parameters.topP) * candidateTotal || nucleus == 0 {
                keptTotal += Double(weights[Int(candidates[count - 1 - nucleus])])
                nucleus += 1
            }
            kept = nucleus
        } else {
            while kept < limit && keptTotal < Double(parameters.topP) * candidateTotal || kept == 0 {
                keptTotal += Double(weights[Int(heap.popLargest())])
                kept += 1
            }
        }

        var rest = random * keptTotal
        for place in 0..<kept {
            rest -= Double(weights[Int(candidates[count - 1 - place])])
            if rest < 0 { return candidates[count - 1 - place] }
        }
        return candidates[count - kept]
    }
}
