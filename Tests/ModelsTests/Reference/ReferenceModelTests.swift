import Foundation
import Models
import Testing

/// The reference pass against transformers, which ran the same weights, de-quantised, in the same precision.
@Suite("Reference model")
struct ReferenceModelTests {
    @Test(
        "generates what transformers does, for every format, tensor type and architecture",
        arguments: TestData.tinyModels + TestData.tinyFolders)
    func tiny(run: GoldenRun) throws {
        let model = try ReferenceModel(TestData.tinyModel(run))
        var state = model.makeState()
        let ofPrompt = distributions(model.logits(of: run.prompt, state: &state, allPositions: true), of: model)
        let expected = try #require(run.prompt_log_probabilities)
        for (place, (distribution, next)) in zip(ofPrompt, run.prompt.dropFirst()).enumerated() {
            #expect(abs(distribution[next] - expected[place]) < tolerance, "after prompt token \(place)")
        }
        // One token at a time from here on, so that keys and values are read back from the state.
        var distribution = try #require(ofPrompt.last)
        for (step, token) in run.generated.enumerated() {
            #expect(distribution.best == token, "step \(step)")
            check(distribution, run, step)
            distribution = LogProbabilities(logits: model.logits(of: [token], state: &state))
        }
    }

    @Test("gives a text in pieces the logits that it gives it at once", arguments: TestData.tinyModels)
    func pieces(run: GoldenRun) throws {
        let model = try ReferenceModel(TestData.tinyModel(run))
        var state = model.makeState()
        let whole = model.logits(of: run.prompt, state: &state, allPositions: true)
        #expect(state.count == run.prompt.count)
        state = model.makeState()
        var pieces: [Float] = []
        for start in stride(from: 0, to: run.prompt.count, by: 7) {
            let piece = Array(run.prompt[start..<min(start + 7, run.prompt.count)])
            pieces += model.logits(of: piece, state: &state, allPositions: true)
        }
        #expect(pieces.count == whole.count)
        let largest = zip(pieces, whole).map { abs($0 - $1) }.max() ?? 0
        #expect(largest < 0.0001)
    }

    private func check(_ distribution: LogProbabilities, _ run: GoldenRun, _ step: Int) {
        for candidate in run.top[step] {
            let difference = abs(distribution[candidate.token] - candidate.logProbability)
            #expect(difference < tolerance, "token \(candidate.token) at step \(step)")
        }
    }
}

/// The reference pass against transformers on a real model. The weights are read once for all tests.
@Suite("Reference model on SmolLM2", .serialized)
struct ReferenceSmolLMTests {
    private static let model = Result { try ReferenceModel(TestData.smolLM()) }

    /// The generated tokens are given, all in one pass, and at every step the model must prefer the one that was
    /// generated: by induction it then generates the same text, a token at a time.
    @Test("prefers what transformers generates at each of 64 steps", arguments: TestData.smolLMPrompts.prompts)
    func greedy(run: GoldenRun) throws {
        let model = try Self.model.get()
        #expect(run.generated.count == 64)
        var state = model.makeState()
        if run.prompt.count > 1 { _ = model.logits(of: run.prompt.dropLast(), state: &state) }
        let tokens = [run.prompt[run.prompt.count - 1]] + run.generated.dropLast()
        let steps = distributions(model.logits(of: tokens, state: &state, allPositions: true), of: model)
        #expect(steps.map(\.best) == run.generated)
        for (step, distribution) in steps.enumerated() {
            for candidate in run.top[step] {
                let difference = abs(distribution[candidate.token] - candidate.logProbability)
                #expect(difference < tolerance, "token \(candidate.token) at step \(step)")
            }
        }
    }

    @Test("generates a token at a time what transformers generates")
    func stepwise() throws {
        let model = try Self.model.get()
        let run = try #require(TestData.smolLMPrompts.prompts.first)
        var state = model.makeState()
        var tokens = run.prompt
        var generated: [Int32] = []
        while generated.count < run.generated.count {
            let best = LogProbabilities(logits: model.logits(of: tokens, state: &state)).best
            generated.append(best)
            tokens = [best]
        }
        #expect(generated == run.generated)
    }

    @Test("finds a text of 2,000 tokens as probable as transformers finds it")
    func forced() throws {
        let model = try Self.model.get()
        let text = TestData.smolLMText
        #expect(text.tokens.count >= 2_000)
        var state = model.makeState()
        var differences: [Double] = []
        // Pieces, so that logits take megabytes and not gigabytes.
        for start in stride(from: 0, to: text.tokens.count - 1, by: 128) {
            let piece = Array(text.tokens[start..<min(start + 128, text.tokens.count - 1)])
            let logits = model.logits(of: piece, state: &state, allPositions: true)
            for (offset, distribution) in distributions(logits, of: model).enumerated() {
                let place = start + offset
                differences.append(abs(distribution[text.tokens[place + 1]] - text.log_probabilities[place]))
            }
        }
        #expect(differences.count == text.log_probabilities.count)
        #expect((differences.max() ?? 1) < tolerance)
    }
}

/// How far a log-probability may be from transformers'.
private let tolerance = 0.001

private func distributions(_ logits: [Float], of model: ReferenceModel) -> [LogProbabilities] {
    let width = model.configuration.vocabularySize
    return stride(from: 0, to: logits.count, by: width).map { LogProbabilities(logits: logits[$0..<$0 + width]) }
}
