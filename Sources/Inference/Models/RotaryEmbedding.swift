import Glibc

/// Rotary position embedding (Su et al., RoFormer): pair i of a head turns by position · θ^(−2i/dimension).
struct RotaryEmbedding: Sendable {
    /// Radians per position, for each of dimension/2 pairs.
    let frequencies: [Double]

    /// - Parameter factors: divisors of the frequencies (Llama 3.1's `rope_freqs.weight`).
    init(dimension: Int, theta: Double, factors: [Double]?) {
        frequencies = (0..<dimension / 2).map { pair in
            pow(theta, -2 * Double(pair) / Double(dimension)) / (factors?[pair] ?? 1)
        }
    }

    /// Writes the cosines and sines of one position.
    func write(position: Int, cosine: UnsafeMutablePointer<Float>, sine: UnsafeMutablePointer<Float>) {
        for pair in frequencies.indices {
            let angle = Double(position) * frequencies[pair]
            cosine[pair] = Float(cos(angle))
            sine[pair] = Float(sin(angle))
        }
    }
}
