import Foundation
import Kernels
import Sampling
import TestSupport
import Testing

@Suite("Sampler")
struct SamplerTests {
    private let kernels: KernelTable

    init() throws { kernels = try #require(InstructionSet.best.kernels) }

    /// The distribution that the parameters describe, made the plain way: sort, cut, normalise.
    private func distribution(_ logits: [Float], _ parameters: SamplingParameters) -> [Double] {
        let top = logits.max() ?? 0
        let weights = logits.map { exp(Double($0 - top) / Double(parameters.temperature)) }
        var kept = weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
        if parameters.minP > 0 { kept.removeAll { weights[$0] < Double(parameters.minP) } }
        if parameters.topK > 0 { kept = Array(kept.prefix(parameters.topK)) }
        let total = kept.map { weights[$0] }.reduce(0, +)
        var sum = 0.0, nucleus = 0
        while nucleus < kept.count && (sum < Double(parameters.topP) * total || nucleus == 0) {
            sum += weights[kept[nucleus]]
            nucleus += 1
        }
        var result = [Double](repeating: 0, count: logits.count)
        for token in kept.prefix(nucleus) { result[token] = weights[token] / sum }
        return result
    }

    @Test(
        "drawn tokens follow the distribution that the parameters describe",
        arguments: [
            SamplingParameters(), SamplingParameters(temperature: 0.5), SamplingParameters(topP: 0.8),
            SamplingParameters(topK: 5), SamplingParameters(minP: 0.1),
            SamplingParameters(temperature: 2, topP: 0.7, topK: 20),
            SamplingParameters(temperature: 1.5, topP: 0.9, topK: 12, minP: 0.02), SamplingParameters(topP: 0.01),
        ])
    func followsDistribution(parameters: SamplingParameters) {
        var generator = SeededGenerator(seed: 3)
        let count = 83
        let logits = (0..<count).map { _ in Float.random(in: -3...3, using: &generator) }
        let sampler = Sampler(vocabularySize: count, kernels: kernels)
        let expected = distribution(logits, parameters)
        let draws = 40_000
        var counts = [Double](repeating: 0, count: count)
        for position in 0..<draws {
            var parameters = parameters
            parameters.seed = 77
            counts[Int(sampler.draw(logits, parameters, choice: 1, position: position))] += 1
        }
        for token in 0..<count {
            // Six standard deviations, and never a token outside of the distribution.
            let mean = expected[token] * Double(draws), deviation = (mean * (1 - expected[token])).squareRoot()
            #expect(abs(counts[token] - mean) <= 6 * deviation + (expected[token] > 0 ? 1 : 0), "token \(token)")
        }
    }

    @Test("a repetition penalty divides positive logits of seen tokens, multiplies negative ones, and no others")
    func penalty() {
        var generator = SeededGenerator(seed: 9)
        let count = 131
        let logits = (0..<count).map { _ in Float.random(in: -3...3, using: &generator) }
        let seen = SeenTokens(vocabularySize: count)
        let tokens: Set<Int> = [0, 7, 63, 64, 127, 128, 130]
        for token in tokens { seen.insert(Int32(token)) }
        seen.insert(-1)
        seen.insert(1 << 20)
        var changed = logits
        Sampler(vocabularySize: count, kernels: kernels).penalize(&changed, seen: seen.words, by: 1.5)
        for token in 0..<count {
            let logit = logits[token]
            #expect(changed[token] == (!tokens.contains(token) ? logit : logit > 0 ? logit / 1.5 : logit * 1.5))
        }
    }

    @Test("greedy takes the likeliest token, the first of equals")
    func greedy() {
        let sampler = Sampler(vocabularySize: 6, kernels: kernels)
        #expect(sampler.draw([0, 3, 1, 3, -1, 2], SamplingParameters(temperature: 0), choice: 0, position: 0) == 1)
    }

    @Test("a draw is a function of seed, choice and position")
    func counterBased() {
        let sampler = Sampler(vocabularySize: 1000, kernels: kernels)
        let logits = [Float](repeating: 0, count: 1000)
        func draw(_ seed: UInt64, _ choice: Int, _ position: Int) -> Int32 {
            sampler.draw(logits, SamplingParameters(seed: seed), choice: choice, position: position)
        }
        #expect(draw(1, 2, 3) == draw(1, 2, 3))
        #expect(Set([draw(1, 2, 3), draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4), draw(1 << 40, 2, 3)]).count == 5)
    }

    @Test("hopeless parameters and logits that are not numbers still give a token of the vocabulary")
    func degenerate() {
        let sampler = Sampler(vocabularySize: 40, kernels: kernels)
        let cases: [[Float]] = [
            .init(repeating: .nan, count: 40), .init(repeating: -.infinity, count: 40),
            .init(repeating: .infinity, count: 40),
            (0..<40).map { $0 == 5 ? 1 : -.infinity },
        ]
        for logits in cases {
            for parameters in [
                SamplingParameters(), SamplingParameters(temperature: 0x1p-149), SamplingParameters(topP: 0),
                SamplingParameters(topP: 0.5, topK: 1000, minP: 1),
            ] {
                #expect((0..<40).contains(sampler.draw(logits, parameters, choice: 0, position: 0)))
            }
        }
    }

    @Test("Philox gives the known answers of its authors")
    func knownAnswers() {
        // Random123, kat_vectors: philox4x32 10.
        let ones = UInt32.max
        #expect(
            Philox.words(counter: (0, 0, 0, 0), key: (0, 0)) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            Philox.words(counter: (ones, ones, ones, ones), key: (ones, ones))
                == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox.words(
                counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
                == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }
}
