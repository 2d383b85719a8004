import Checkpoints
import Foundation
import Kernels
import Models
import TestSupport
import Testing

@Suite("Fast path")
struct FastPathTests {
    @Test(
        "SmolLM2 on a text of 2,000 tokens stays as close to transformers as 8-bit activations allow",
        arguments: KVType.allCases)
    func closeToTransformers(kvType: KVType) throws {
        let golden = TestData.smolLMText
        let model = try PackedModel(TestData.smolLM())
        let ours = try model.forced(golden.tokens, chunk: 128, kvType: kvType)
        let count = Double(golden.log_probabilities.count)
        let difference = zip(ours.logProbabilities, golden.log_probabilities).map { abs($0 - $1) }.reduce(0, +) / count
        let agreement = Double(zip(ours.best, golden.best).count { $0 == $1 }) / count
        let perplexity = exp(-ours.logProbabilities.reduce(0, +) / count)
        let expected = exp(-golden.log_probabilities.reduce(0, +) / count)
        print(
            "\(kvType): mean |Δlogp| \(difference), top-1 agreement \(agreement), "
                + "perplexity \(perplexity) against \(expected)"
        )
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
        let reference = try ReferenceLogits.forced(GGUFFile(path: path), tokens)
        let model = try PackedModel(GGUFFile(path: path))
        for (kvType, set) in KVType.allCases.flatMap({ type in model.sets.map { (type, $0) } }) {
            let ours = try model.forced(tokens, set: set, kvType: kvType)
            let difference =
                zip(ours.logProbabilities, reference).map { abs($0 - $1) }.reduce(0, +) / Double(reference.count)
            // Keys and values in half precision alone move float models by less than 0.002, in 8 bits by less than
            // 0.01. Activations in 8 bits, or in brain floats, move models further.
            let isFloat = variant.type == 0 || variant.type == 1 || variant.type == 30
            let isExact = isFloat && model.fingerprint(set) == model.fingerprint(.scalar)
            let bound = !isExact ? 0.03 : kvType == .f16 ? 0.002 : 0.01
            #expect(difference <= bound, "\(kvType), \(set): mean |Δlogp| \(difference)")
        }
    }

    @Test("a sliding window is what the reference pass makes of it, and changes with no chunk", arguments: [1, 5, 40])
    func slidingWindow(window: Int) throws {
        var variant = TinyModel(type: 1)
        variant.slidingWindow = window
        let folder = try TemporaryFolder()
        let path = try folder.write(variant.build(), to: "tiny.gguf")
        var generator = SeededGenerator(seed: 8)
        let tokens = (0..<100).map { _ in Int32.random(in: 3..<Int32(variant.vocabularySize), using: &generator) }
        let reference = try ReferenceLogits.forced(GGUFFile(path: path), tokens)
        let model = try PackedModel(GGUFFile(path: path))
        for kvType in KVType.allCases {
            let ours = try model.forced(tokens, chunk: 64, kvType: kvType)
            let difference =
                zip(ours.logProbabilities, reference).map { abs($0 - $1) }.reduce(0, +) / Double(reference.count)
            #expect(difference <= (kvType == .f16 ? 0.002 : 0.01), "\(kvType): mean |Δlogp| \(difference)")
            let whole = try model.logits(tokens, chunk: tokens.count, kvType: kvType)
            for (chunk, threads) in [(1, 2), (7, 1), (33, 2)] {
                #expect(try model.logits(tokens, chunk: chunk, threads: threads, kvType: kvType) == whole)
            }
        }
    }

    @Test("a long context, cut into splits among threads, changes no bit", arguments: KVType.allCases)
    func longContext(kvType: KVType) throws {
        for window in [nil, 700] {
            var variant = TinyModel(type: 8)
            variant.contextLength = 2048
            variant.slidingWindow = window
            let model = try PackedModel(variant)
            var generator = SeededGenerator(seed: 12)
            let tokens = (0..<1300).map { _ in Int32.random(in: 3..<Int32(variant.vocabularySize), using: &generator) }
            let whole = try model.logits(tokens, chunk: 512, kvType: kvType)
            for (chunk, threads, set) in [
                (1, 1, InstructionSet.best), (1, 2, .best), (1, 5, .best), (1, 3, .avx2), (170, 2, .avx2),
            ] where set.kernels != nil {
                let logits = try model.logits(tokens, chunk: chunk, threads: threads, set: set, kvType: kvType)
                #expect(logits == whole, "chunks of \(chunk), \(threads) threads, \(set), window \(window ?? 0)")
            }
        }
    }

    @Test("chunks, threads and instruction sets of one fingerprint change no bit", arguments: TinyModel.variants)
    func sameBits(variant: TinyModel) throws {
        let model = try PackedModel(variant)
        var generator = SeededGenerator(seed: 31)
        let tokens = (0..<70).map { _ in Int32.random(in: 3..<Int32(variant.vocabularySize), using: &generator) }
        for kvType in KVType.allCases { try expectSameBits(model, tokens, kvType) }
        // Only products of brain floats may be other ones, and then the fingerprint says so.
        #expect((model.fingerprint(.avx512bf16) == model.fingerprint(.scalar)) == (variant.type != 30))
    }

    private func expectSameBits(_ model: PackedModel, _ tokens: [Int32], _ kvType: KVType) throws {
        var expected = try [model.fingerprint(.best): model.logits(tokens, chunk: tokens.count, kvType: kvType)]
        for (chunk, threads, set) in [
            (1, 1, InstructionSet.best), (7, 2, .best), (33, 3, .best), (16, 1, .avx2), (29, 2, .scalar),
        ] {
            guard set.kernels != nil else { continue }
            let logits = try model.logits(tokens, chunk: chunk, threads: threads, set: set, kvType: kvType)
            let same = expected[model.fingerprint(set), default: logits]
            #expect(logits == same, "\(kvType), chunks of \(chunk), \(threads) threads, \(set)")
            expected[model.fingerprint(set)] = same
        }
    }
}
