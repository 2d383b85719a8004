import Glibc

extension ReferenceModel {
    /// Runs `tokens` after those that `state` remembers, and remembers them too.
    ///
    /// Returns the logits of the token that follows the last one, [vocabulary], or with `allPositions` of those that
    /// follow each one, [token][vocabulary]. Several tokens at once read every weight once; the result is the same up
    /// to rounding.
    package func logits(of tokens: [Int32], state: inout State, allPositions: Bool = false) -> [Float] {
        precondition(
            tokens.allSatisfy { (0..<Int32(configuration.vocabularySize)).contains($0) },
            "a token is outside the vocabulary of \(configuration.vocabularySize)")
        guard !tokens.isEmpty else { return [] }
        // T = tokens, D = hidden size, d = head size, H and G = heads and key-value heads, F = feed-forward size.
        let start = state.count
        let epsilon = configuration.rmsNormEpsilon
        var x = tokens.flatMap { embedding.row(Int($0)) }  // [T][D]

        for (index, layer) in layers.enumerated() {
            // Each token asks the earlier ones, and itself, for what they have to say.
            let asking = rmsNorm(x, weight: layer.attentionNorm, epsilon: epsilon)  // [T][D]
            var query = layer.query(asking)  // [T][H·d]
            var key = layer.key(asking)  // [T][G·d]
            let value = layer.value(asking)  // [T][G·d]
            rotate(&query, heads: configuration.headCount, from: start)
            rotate(&key, heads: configuration.kvHeadCount, from: start)
            state.keys[index] += key  // [start + T][G·d]
            state.values[index] += value
            let attended = attend(
                query, keys: state.keys[index], values: state.values[index], from: start,
                window: configuration.window(layer: index))  // [T][H·d]
            add(layer.attentionOutput(attended), to: &x)

            // Each token thinks for itself.
            let thinking = rmsNorm(x, weight: layer.feedForwardNorm, epsilon: epsilon)  // [T][D]
            let gated = zip(layer.gate(thinking), layer.up(thinking)).map { silu($0) * $1 }  // [T][F]
            add(layer.down(gated), to: &x)
        }

        state.count += tokens.count
        let wanted = allPositions ? x : Array(x.suffix(configuration.hiddenSize))  // [T or 1][D]
        return (output ?? embedding)(rmsNorm(wanted, weight: outputNorm, epsilon: epsilon))  // [T or 1][vocabulary]
    }
}

/// The sigmoid linear unit, x · σ(x).
private func silu(_ x: Float) -> Float { x / (1 + exp(-x)) }

private func add(_ delta: [Float], to x: inout [Float]) {
    for index in x.indices { x[index] += delta[index] }
}

/// Root mean square normalisation (Zhang and Sennrich) of every row of `x`.
private func rmsNorm(_ x: [Float], weight: [Float], epsilon: Float) -> [Float] {
    var result = x
    for start in stride(from: 0, to: x.count, by: weight.count) {
        var squares = 0.0
        for column in weight.indices { squares += Double(x[start + column]) * Double(x[start + column]) }
        let scale = Float(1 / (squares / Double(weight.count) + Double(epsilon)).squareRoot())
        for column in weight.indices { result[start + column] = x[start + column] * scale * weight[column] }
    }
    return result
}
