import Checkpoints
import Glibc

/// Radians a position for each pair of a head, and what cosines and sines are multiplied by, written out as the papers
/// and transformers have them.
struct ReferenceRotation: Sendable {
    let frequencies: [Double]  // [rope dimension / 2]
    let attentionFactor: Double

    /// - Parameter factors: divisors that the checkpoint brings (Llama 3.1 slows the slow pairs down).
    init(_ shape: ModelConfiguration, scaling: RopeScaling?, contextLength: Int, factors: [Float]?) {
        let dimension = Double(shape.ropeDimension), theta = Double(shape.ropeTheta)
        let pairs = 0..<shape.ropeDimension / 2
        var frequencies = pairs.map { 1 / pow(theta, 2 * Double($0) / dimension) }
        if let factors { frequencies = zip(frequencies, factors).map { $0 / Double($1) } }
        attentionFactor = scaling?.attentionFactor ?? 1
        guard let scaling else {
            self.frequencies = frequencies
            return
        }
        let factor = scaling.factor, original = Double(scaling.originalContextLength)
        switch scaling.kind {
        case .linear:
            frequencies = frequencies.map { $0 / factor }
        case .dynamic:
            let length = max(Double(contextLength), original)
            let base = theta * pow(factor * length / original - (factor - 1), dimension / (dimension - 2))
            frequencies = pairs.map { 1 / pow(base, 2 * Double($0) / dimension) }
        case .yarn:
            func correction(_ rotations: Double) -> Double {
                dimension * log(original / (rotations * 2 * .pi)) / (2 * log(theta))
            }
            let fast = correction(scaling.betaFast), slow = correction(scaling.betaSlow)
            let low = max(scaling.truncates ? floor(fast) : fast, 0)
            var high = min(scaling.truncates ? ceil(slow) : slow, dimension - 1)
            if high == low { high += 0.001 }
            for pair in pairs {
                let interpolated = max(0, min(1, (Double(pair) - low) / (high - low)))
                frequencies[pair] *= interpolated / factor + (1 - interpolated)
            }
        case .llama3:
            for pair in pairs {
                let wavelength = 2 * .pi / frequencies[pair]
                if wavelength > original / scaling.lowFrequencyFactor {
                    frequencies[pair] /= factor
                } else if wavelength >= original / scaling.highFrequencyFactor {
                    let smooth =
                        (original / wavelength - scaling.lowFrequencyFactor)
                        / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor)
                    frequencies[pair] *= (1 - smooth) / factor + smooth
                }
            }
        }
        self.frequencies = frequencies
    }
}
