import Checkpoints
import Foundation
import Models
import TestSupport
import Testing

@Suite("RoPE scaling")
struct RopeScalingTests {
    /// A configuration, and what transformers' ROPE_INIT_FUNCTIONS make of it.
    struct Frequencies: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var theta: Double
        var dimension: Int
        var context: Int
        var length: Int?
        var rope: HuggingFaceRope
        var frequencies: [Double]
        var attention: Double

        var testDescription: String { name }
    }

    @Test("frequencies are transformers', for every kind", arguments: TestData.ropeFrequencies)
    func frequencies(golden: Frequencies) throws {
        let scaling = try golden.rope.scaling(contextLength: golden.context)
        #expect((scaling == nil) == (golden.name == "none"))
        let rotary = RotaryEmbedding(
            dimension: golden.dimension, theta: golden.theta, scaling: scaling,
            contextLength: golden.length ?? golden.context, factors: nil)
        try #require(rotary.frequencies.count == golden.frequencies.count)
        for (pair, (ours, theirs)) in zip(rotary.frequencies, golden.frequencies).enumerated() {
            // Theirs are of 32 bits.
            #expect(abs(ours / theirs - 1) < 2e-6, "pair \(pair)")
        }
        #expect(abs(rotary.attentionFactor - golden.attention) < 1e-9)
    }

    /// A tiny model with scaling, and how probable transformers found each token but the first.
    struct Run: Decodable, Sendable, CustomTestStringConvertible {
        var model: String
        var sha256: String
        var context: Int
        var length: Int
        var rope: HuggingFaceRope
        var prompt: [Int32]
        var log_probabilities: [Double]

        var testDescription: String { "\(model), \(rope)" }
    }

    @Test("the reference pass finds texts as probable as transformers does", arguments: TestData.ropeRuns)
    func reference(run: Run) throws {
        let file = try TestData.tinyModel(run.model, sha256: run.sha256)
        let given = try run.rope.scaling(contextLength: run.context)
        let scaling = try #require(given)
        let ours = try ReferenceLogits.forced(file, run.prompt, ropeScaling: scaling, contextLength: run.length)
        let plain = try ReferenceLogits.forced(file, run.prompt)
        #expect(largestDifference(ours, run.log_probabilities) < 0.001)
        #expect(largestDifference(plain, run.log_probabilities) > 0.1, "the scaling makes a difference")
    }

    private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 1 : 1
    }

    @Test(
        "a stretched model stays close to the reference pass, and chunks change no bit",
        arguments: RopeScaling.Kind.allCases)
    func fastPath(kind: RopeScaling.Kind) throws {
        var tiny = TinyModel(type: 0)
        tiny.contextLength = 32
        let folder = try TemporaryFolder()
        let file = try GGUFFile(path: folder.write(tiny.build(), to: "tiny.gguf"))
        var generator = SeededGenerator(seed: 11)
        let tokens = (0..<100).map { _ in Int32.random(in: 3..<Int32(tiny.vocabularySize), using: &generator) }
        let scaling = RopeScaling(kind: kind, factor: 4, originalContextLength: 32)
        let expected = try ReferenceLogits.forced(file, tokens, ropeScaling: scaling, contextLength: 128)
        let model = try PackedModel(file, rope: .scaled(kind, factor: 4), contextLength: 128)
        let ours = try model.forced(tokens, kvType: .f16).logProbabilities
        let difference = zip(ours, expected).map { abs($0 - $1) }.reduce(0, +) / Double(ours.count)
        #expect(difference <= 0.002, "mean |Δlogp| \(difference)")
        #expect(try model.logits(tokens, chunk: 7) == model.logits(tokens, chunk: 64))
    }

    @Test("the context reaches as far as the scaling does, and the fingerprint tells scalings apart")
    func limits() throws {
        var tiny = TinyModel(type: 0)
        tiny.contextLength = 64
        let folder = try TemporaryFolder()
        let file = try GGUFFile(path: folder.write(tiny.build(), to: "tiny.gguf"))
        func weights(_ choice: RopeChoice, _ context: Int? = nil) throws -> LlamaWeights {
            try PackedModel(file, rope: choice, contextLength: context).weights
        }
        #expect(try weights(.checkpoint).largestContextLength == 64)
        #expect(try weights(.scaled(.yarn, factor: 2.5)).largestContextLength == 160)
        #expect(try weights(.scaled(.yarn, factor: 2)).defaultContextLength == 64)
        // Its frequencies serve the context that they were computed for, and no longer one.
        #expect(try weights(.scaled(.dynamic, factor: 4), 100).largestContextLength == 100)
        let error = try #require(throws: ModelError.self) { try weights(.scaled(.linear, factor: 2), 129) }
        #expect(error.code == .unsupportedScaling && error.message.contains("128"))
        let choices: [(RopeChoice, Int?)] = [
            (.checkpoint, nil), (.scaled(.yarn, factor: 2), nil), (.scaled(.yarn, factor: 3), nil),
            (.scaled(.linear, factor: 2), nil), (.scaled(.dynamic, factor: 2), 100),
            (.scaled(.dynamic, factor: 2), 128),
        ]
        func fingerprint(_ choice: RopeChoice, _ contextLength: Int? = nil) throws -> String {
            try weights(choice, contextLength).fingerprint(kvType: .standard, instructionSet: .best)
        }
        let fingerprints = try choices.map { try fingerprint($0.0, $0.1) }
        #expect(Set(fingerprints).count == choices.count, "\(fingerprints)")
        #expect(try fingerprint(.unscaled) == fingerprints[0])
        #expect(try fingerprint(.scaled(.yarn, factor: 2), 128) == fingerprints[1])
    }

    @Test("a model that brings its own divisors is not stretched again")
    func divisors() throws {
        var tiny = TinyModel(type: 0)
        tiny.hasRopeFactors = true
        let folder = try TemporaryFolder()
        let file = try GGUFFile(path: folder.write(tiny.build(), to: "tiny.gguf"))
        let error = try #require(throws: ModelError.self) { try PackedModel(file, rope: .scaled(.yarn, factor: 2)) }
        #expect(error.message.contains("rope_freqs"))
    }

    @Test("what a flag may say")
    func flags() {
        #expect(RopeChoice(description: "none") == .unscaled)
        #expect(RopeChoice(description: "yarn:2") == .scaled(.yarn, factor: 2))
        #expect(RopeChoice(description: "dynamic:1.5") == .scaled(.dynamic, factor: 1.5))
        for text in ["", "yarn", "yarn:", "yarn:0.5", "yarn:nan", "yarn:inf", "longrope:2", "yarn:2:3", "2"] {
            #expect(RopeChoice(description: text) == nil, "\(text)")
        }
    }
}
