import Engine
import Kernels
import Sampling
import TestSupport
import Tokenization

extension EngineCore {
    convenience init(
        _ model: PackedModel, running: Int = 16, budget: Int = 64, blocks: Int? = nil, context: Int = 256,
        threads: Int = 1, set: InstructionSet = .best, cachesPrefixes: Bool = true
    ) throws {
        let bytes = blocks.map { $0 * EngineCore.blockBytes(model.weights) }
        try self.init(
            weights: model.weights, tokenizer: model.tokenizer,
            configuration: EngineConfiguration(
                contextLength: context, maximumRunning: running, promptBudget: budget...budget, kvBytes: bytes,
                threads: threads,
                instructionSet: set, cachesPrefixes: cachesPrefixes))
    }

    /// Runs one request alone, from start to end.
    func answer(_ request: GenerationRequest) -> [CollectingSink.Answer] {
        let sink = CollectingSink(choices: request.choices)
        add(request, ticket: 0, sink: sink)
        while step() {}
        return sink.answers
    }
}

extension GenerationRequest {
    /// A request with everything about it random: prompt, length, sampling, choices, stop string.
    static func random(vocabulary: Int, longest: Int, using generator: inout SeededGenerator) -> GenerationRequest {
        let prompt = (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
            TokenID(Int.random(in: 3..<vocabulary, using: &generator))
        }
        var sampling = SamplingParameters(temperature: 0)
        if Int.random(in: 0..<4, using: &generator) > 0 {
            sampling = SamplingParameters(
                temperature: Float.random(in: 0.2...1.5, using: &generator),
                topP: [1, 0.9, 0.5].randomElement(using: &generator) ?? 1,
                topK: [0, 0, 5, 40].randomElement(using: &generator) ?? 0,
                minP: [0, 0, 0.05].randomElement(using: &generator) ?? 0,
                repetitionPenalty: [1, 1, 1.3].randomElement(using: &generator) ?? 1,
                seed: UInt64.random(in: 0...UInt64.max, using: &generator))
        }
        let strings = Int.random(in: 0..<3, using: &generator) == 0 ? ["e"] : []
        return GenerationRequest(
            id: "random", prompt: prompt, choices: Int.random(in: 1...3, using: &generator), sampling: sampling,
            maxTokens: Int.random(in: 1...40, using: &generator),
            stop: StopConditions(strings: strings, ignoresEndOfGeneration: true))
    }
}
