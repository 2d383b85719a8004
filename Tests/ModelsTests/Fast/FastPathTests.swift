import Checkpoints
import Foundation
import Kernels
import Models
import TestSupport
import Testing

@Suite("Fast path")
struct FastPathTests {
    @Test("SmolLM2 on a text of 2,000 tokens stays as close to transformers as 8-bit activations allow")
    func closeToTransformers() throws {
        let golden = TestData.smolLMText
        let model = try PackedModel(TestData.smolLM())
        let ours = try model.forced(golden.tokens, chunk: 128)
        let count = Double(golden.log_probabilities.count)
        let difference = zip(ours.logProbabilities, golden.log_probabilities).map { abs($0 - $1) }.reduce(0, +) / count
        let agreement = Double(zip(ours.best, golden.best).count { $0 == $1 }) / count
        let perplexity = exp(-ours.logProbabilities.reduce(0, +) / count)
        let expected = exp(-golden.log_probabilities.reduce(0, +) / count)
        print(
            "mean |Δlogp| \(difference), top-1 agreement \(agreement), perplexity \(perplexity) against \(expected)")
        #expect(difference <= 0.03)
        #expect(agreement >= 0.97)
        #expect(abs(perplexity / expected - 1) <= 0.005)
    }

    @Test("every tensor type and both architectures stay close to the reference pass", arguments: TinyModel.variants)
    func closeToReference(variant: TinyModel) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(variant.build(), to: "tiny.gguf")
        var generator = SeededGenerator(seed: 7)
        let tokens = (0..<150).map { _ in Int32.random(in: 3..<Int32(variant.vocabularySize), using: &generator) }
        let reference = try ReferenceLogits.forced(path, tokens)
        let ours = try PackedModel(GGUFFile(path: path)).forced(tokens)
        let difference =
            zip(ours.logProbabilities, reference).map { abs($0 - $1) }.reduce(0, +) / Double(reference.count)
        // Keys and values in half precision alone move float models by less than 0.002.
        let bound = variant.type == 0 || variant.type == 1 || variant.type == 30 ? 0.002 : 0.03
        #expect(difference <= bound, "mean |Δlogp| \(difference)")
    }

    @Test("chunks, threads and instruction sets change no bit", arguments: TinyModel.variants)
    func sameBits(variant: TinyModel) throws {
        let model = try PackedModel(variant)
        var generator = SeededGenerator(seed: 31)
        let tokens = (0..<70).map { _ in Int32.random(in: 3..<Int32(variant.vocabularySize), using: &generator) }
        let expected = try model.logits(tokens, chunk: tokens.count)
        for (chunk, threads, set) in [
            (1, 1, InstructionSet.best), (7, 2, .best), (33, 3, .best), (16, 1, .avx2), (29, 2, .scalar),
        ] {
            guard set.kernels != nil else { continue }
            let logits = try model.logits(tokens, chunk: chunk, threads: threads, set: set)
            #expect(logits == expected, "chunks of \(chunk), \(threads) threads, \(set)")
        }
    }
}
