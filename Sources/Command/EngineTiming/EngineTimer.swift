package import Checkpoints
import Engine
package import Kernels
import Models
import Sampling
import Tokenization

/// Times an engine without HTTP, as llama-bench times llama.cpp: prompts of made-up tokens, greedy decoding.
package final class EngineTimer {
    private let core: EngineCore
    private let vocabularySize: Int
    /// Counts prompts, so that no two are alike and nothing is remembered.
    private var prompts = 0

    package init(
        image: PackedImage, threads: Int, kvType: KVType = .standard, instructionSet: InstructionSet = .best
    ) throws {
        let tokenizer = try Tokenizer(tables: image.tokenizerTables, owner: image)
        vocabularySize = tokenizer.vocabularySize
        core = try EngineCore(
            weights: try LlamaWeights(image: image), tokenizer: tokenizer,
            // Without the prefix cache: the same prompt is to be computed each time.
            configuration: EngineConfiguration(
                promptBudget: 512...512, kvType: kvType, threads: threads, instructionSet: instructionSet,
                cachesPrefixes: false))
    }

    /// Tokens of prompt and answer together that the model takes.
    package var contextLength: Int { core.contextLength }

    /// Prompt tokens a second, of one prompt up to its first drawn token.
    package func prefill(tokens: Int) -> Double {
        Double(tokens) / seconds(promptTokens: tokens, drawn: 1, sequences: 1)
    }

    /// Drawn tokens a second of `sequences` that decode together, from prompts of one token.
    package func decode(tokens: Int, sequences: Int) -> Double {
        Double(tokens * sequences) / seconds(promptTokens: 1, drawn: tokens, sequences: sequences)
    }

    private func seconds(promptTokens: Int, drawn: Int, sequences: Int) -> Double {
        for sequence in 0..<sequences {
            prompts += 1
            let tokens = (0..<promptTokens).map { TokenID((($0 + prompts) * 7919 + 17) % vocabularySize) }
            let request = GenerationRequest(
                id: "benchmark", prompt: tokens, sampling: SamplingParameters(temperature: 0), maxTokens: drawn,
                stop: StopConditions(ignoresEndOfGeneration: true))
            core.add(request, ticket: sequence, sink: SilentSink())
        }
        return ContinuousClock().measure { while core.step() {} } / .seconds(1)
    }
}

/// Takes tokens and forgets them.
private final class SilentSink: GenerationSink {
    func end(choice: Int, _ finish: GenerationEvent.Finish) {}
    func receive(choice: Int, token: TokenID, text: UnsafeBufferPointer<UInt8>, finish: GenerationEvent.Finish?) {}
    func fail(_ error: EngineError) {}
}
