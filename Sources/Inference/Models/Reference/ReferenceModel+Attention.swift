import Glibc

extension ReferenceModel {
    /// Rotary position embedding (Su et al., RoFormer) of [token][heads][head size] in place, the first token being at
    /// position `start`.
    ///
    /// A `llama` GGUF file has the two members of pair i side by side, at 2i and 2i + 1; all others have them half a
    /// rotated dimension apart, at i and i + half.
    func rotate(_ vectors: inout [Float], heads: Int, from start: Int) {
        let headSize = configuration.headSize
        let half = rotation.frequencies.count
        let attentionFactor = Float(rotation.attentionFactor)
        let isAdjacent = rotaryPairs == .adjacent
        for token in 0..<vectors.count / (heads * headSize) {
            for pair in 0..<half {
                let angle = Double(start + token) * rotation.frequencies[pair]
                let cosine = Float(cos(angle)) * attentionFactor, sine = Float(sin(angle)) * attentionFactor
                for head in 0..<heads {
                    let base = (token * heads + head) * headSize
                    let first = base + (isAdjacent ? 2 * pair : pair)
                    let second = base + (isAdjacent ? 2 * pair + 1 : pair + half)
                    let (a, b) = (vectors[first], vectors[second])
                    vectors[first] = a * cosine - b * sine
                    vectors[second] = a * sine + b * cosine
                }
            }
        }
    }

    /// Causal attention of the tokens from position `start` on: [T][heads · head size].
    ///
    /// `keys` and `values` are [position][kv heads · head size] and include those tokens. Several heads in a row share
    /// a key-value head. With a window a token sees only so many, itself included.
    func attend(_ query: [Float], keys: [Float], values: [Float], from start: Int, window: Int?) -> [Float] {
        let size = configuration.headSize
        let width = configuration.queryWidth, kvWidth = configuration.kvWidth
        let headsPerKVHead = configuration.headCount / configuration.kvHeadCount
        let scale = 1 / Float(size).squareRoot()
        return filledConcurrently(rows: query.count / width, columns: width) { token, attended in
            let end = start + token + 1, first = window.map { max(0, end - $0) } ?? 0
            var weights = [Float](repeating: 0, count: end - first)  // of the positions that the token sees
            for head in 0..<configuration.headCount {
                let kvStart = head / headsPerKVHead * size
                let asked = query[token * width + head * size..<token * width + (head + 1) * size]
                for position in weights.indices {
                    let from = (first + position) * kvWidth + kvStart
                    weights[position] = dot(asked, keys[from..<from + size]) * scale
                }
                softmax(&weights)
                let answer = UnsafeMutableBufferPointer(rebasing: attended[head * size..<(head + 1) * size])
                for position in weights.indices {
                    let from = (first + position) * kvWidth + kvStart
                    addProduct(weights[position], values[from..<from + size], to: answer)
                }
            }
        }
    }
}

/// Exponentials that sum to one, in place.
private func softmax(_ x: inout [Float]) {
    let largest = x.max() ?? 0
    var sum: Float = 0
    for index in x.indices {
        x[index] = exp(x[index] - largest)
        sum += x[index]
    }
    for index in x.indices { x[index] /= sum }
}
