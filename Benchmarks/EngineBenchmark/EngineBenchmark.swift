import ArgumentParser
import Checkpoints
import Engine
import Kernels
import Models
import Sampling
import Synchronization
import Tokenization

/// Times the engine without HTTP, as llama-bench times llama.cpp: prompts of random tokens, greedy decoding.
@main
struct EngineBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine-benchmark", abstract: "Prints tokens per second of prefill and decode as JSON.")

    @Argument(help: "A packed image (.pronk).") var image: String
    @Option(help: "Prompt tokens of the prefill measurement.") var prompt = 512
    @Option(help: "Tokens drawn in the decode measurement.") var decode = 128
    @Option(help: "Sequences that decode together.") var sequences = 1
    @Option(help: "Rounds; the median counts.") var rounds = 3
    @Option(help: "Threads.") var threads = 2
    @Option(help: "scalar, avx2 or avx512.") var isa: String?

    func run() throws {
        let image = try PackedImage(path: image)
        let weights = try LlamaWeights(image: image)
        let tokenizer = try Tokenizer(tables: image.tokenizerTables, owner: image)
        let configuration = EngineConfiguration(
            tokenBudget: 512, threads: threads,
            instructionSet: isa.flatMap(InstructionSet.init(rawValue:)) ?? .best)
        let core = try EngineCore(weights: weights, tokenizer: tokenizer, configuration: configuration)
        var prefill: [Double] = [], decoding: [Double] = []
        for round in 0...rounds {
            let prefillRate = time(
                core, promptTokens: prompt, drawn: 1, sequences: 1, vocabulary: tokenizer.vocabularySize)
            let decodeRate = time(
                core, promptTokens: 1, drawn: decode, sequences: sequences, vocabulary: tokenizer.vocabularySize)
            // The first round warms caches and the clock.
            if round > 0 {
                prefill.append(prefillRate)
                decoding.append(decodeRate)
            }
        }
        print(
            """
            {"prefill_tokens_per_second": \(median(prefill)), "decode_tokens_per_second": \(median(decoding)), \
            "prefill_rounds": \(prefill), "decode_rounds": \(decoding)}
            """)
    }

    /// Tokens per second of `sequences` equal requests: prompt tokens if one token is drawn, else drawn tokens.
    private func time(_ core: EngineCore, promptTokens: Int, drawn: Int, sequences: Int, vocabulary: Int) -> Double {
        for sequence in 0..<sequences {
            let tokens = (0..<promptTokens).map { TokenID((($0 + sequence) * 7919 + 17) % vocabulary) }
            let request = GenerationRequest(
                id: "benchmark", prompt: tokens, sampling: SamplingParameters(temperature: 0), maxTokens: drawn,
                stop: StopConditions(ignoresEndOfGeneration: true))
            core.add(request, ticket: sequence, sink: SilentSink())
        }
        let elapsed = ContinuousClock().measure { while core.step() {} }
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        return Double(drawn == 1 ? promptTokens * sequences : drawn * sequences) / seconds
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// Takes tokens and forgets them.
private final class SilentSink: GenerationSink {
    func end(choice: Int, _ finish: GenerationEvent.Finish) {}
    func receive(choice: Int, token: TokenID, text: UnsafeBufferPointer<UInt8>, finish: GenerationEvent.Finish?) {}
    func fail(_ error: EngineError) {}
}
