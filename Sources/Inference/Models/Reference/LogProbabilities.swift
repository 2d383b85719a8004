import Glibc

/// The logarithms of the probabilities that logits stand for: a softmax in double precision.
package struct LogProbabilities: Sendable {
    private let logits: [Float]
    /// ln Σ e^logit
    private let logSum: Double
    /// The most probable token; of equals, the first.
    package let best: Int32

    /// `logits` are not empty.
    package init(logits: some Sequence<Float>) {
        self.logits = Array(logits)
        var best = 0
        for index in self.logits.indices where self.logits[index] > self.logits[best] { best = index }
        let largest = Double(self.logits[best])
        var sum = 0.0
        for logit in self.logits { sum += exp(Double(logit) - largest) }
        logSum = largest + log(sum)
        self.best = Int32(best)
    }

    package subscript(token: Int32) -> Double { Double(logits[Int(token)]) - logSum }

    /// The `count` most probable tokens, best first.
    package func top(_ count: Int) -> [Int32] {
        let order = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }
        return order.prefix(count).map { Int32($0) }
    }
}
