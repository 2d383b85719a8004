package import Checkpoints
import Glibc

/// Rotary position embedding (Su et al., RoFormer): pair i of a head turns by position · θ^(−2i/dimension), or slower
/// where the context is stretched.
package struct RotaryEmbedding: Sendable {
    /// Radians per position, for each of dimension/2 pairs.
    package let frequencies: [Double]
    /// What cosines and sines are multiplied by: attention then grows by its square.
    package let attentionFactor: Double

    /// - Parameters:
    ///   - contextLength: what `dynamic` frequencies are computed for.
    ///   - factors: divisors of the frequencies (Llama 3.1's `rope_freqs.weight`).
    package init(dimension: Int, theta: Double, scaling: RopeScaling?, contextLength: Int, factors: [Double]?) {
        let base = scaling?.base(theta, dimension: dimension, contextLength: contextLength) ?? theta
        frequencies = (0..<dimension / 2).map { pair in
            let frequency = pow(base, -2 * Double(pair) / Double(dimension)) / (factors?[pair] ?? 1)
            return scaling?.scaled(frequency, pair: pair, dimension: dimension, theta: theta) ?? frequency
        }
        attentionFactor = scaling?.attentionFactor ?? 1
    }

    /// Writes the cosines and sines of one position.
    func write(position: Int, cosine: UnsafeMutablePointer<Float>, sine: UnsafeMutablePointer<Float>) {
        for pair in frequencies.indices {
            let angle = Double(position) * frequencies[pair]
            cosine[pair] = Float(cos(angle) * attentionFactor)
            sine[pair] = Float(sin(angle) * attentionFactor)
        }
    }
}

extension RopeScaling {
    /// θ, or for `dynamic` θ · (s·L/L₀ − (s − 1))^(d/(d − 2)).
    fileprivate func base(_ theta: Double, dimension: Int, contextLength: Int) -> Double {
        guard kind == .dynamic, dimension > 2 else { return theta }
        let length = Double(max(contextLength, originalContextLength)) / Double(originalContextLength)
        return theta * pow(factor * length - (factor - 1), Double(dimension) / Double(dimension - 2))
    }

    /// A pair's frequency, stretched.
    fileprivate func scaled(_ frequency: Double, pair: Int, dimension: Int, theta: Double) -> Double {
        switch kind {
        case .dynamic:
            return frequency
        case .linear:
            return frequency / factor
        case .yarn:
            let (low, high) = yarnRamp(dimension: dimension, theta: theta)
            let share = min(max((Double(pair) - low) / (high - low), 0), 1)
            return frequency / factor * share + frequency * (1 - share)
        case .llama3:
            let turns = Double(originalContextLength) * frequency / (2 * .pi)
            let share = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor)
            return frequency * (min(max(share, 0), 1) * (1 - 1 / factor) + 1 / factor)
        }
    }

    /// The pairs between which YaRN goes from keeping frequencies to dividing them: those that turn `betaFast` and
    /// `betaSlow` times within the original context.
    private func yarnRamp(dimension: Int, theta: Double) -> (low: Double, high: Double) {
        func pair(turning turns: Double) -> Double {
            Double(dimension) * log(Double(originalContextLength) / (turns * 2 * .pi)) / (2 * log(theta))
        }
        var low = pair(turning: betaFast), high = pair(turning: betaSlow)
        if truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        low = max(low, 0)
        high = min(high, Double(dimension - 1))
        // As transformers: a ramp without width would divide by zero.
        return (low, high == low ? high + 0.001 : high)
    }
}
