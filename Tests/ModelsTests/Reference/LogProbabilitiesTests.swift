import Foundation
import Models
import Testing

@Suite("Log-probabilities")
struct LogProbabilitiesTests {
    @Test("are those of probabilities that sum to one")
    func normalised() {
        let distribution = LogProbabilities(logits: [0.5, -1, 3, 3, -20])
        let sum = (0..<5).reduce(0.0) { $0 + exp(distribution[Int32($1)]) }
        #expect(abs(sum - 1) < 1e-12)
        #expect(abs(distribution[2] - distribution[0] - 2.5) < 1e-12)
    }

    @Test("stay finite when logits are huge")
    func huge() {
        let distribution = LogProbabilities(logits: [20_000, 20_000, -20_000])
        #expect(abs(distribution[0] - log(0.5)) < 1e-9)
        #expect(abs(distribution[2] - log(0.5) + 40_000) < 1e-9)
    }

    @Test("name the most probable tokens, the first of equals first")
    func order() {
        let distribution = LogProbabilities(logits: [1, 7, 7, 9, -3])
        #expect(distribution.best == 3)
        #expect(distribution.top(3) == [3, 1, 2])
        #expect(LogProbabilities(logits: [4, 4]).best == 0)
    }
}
