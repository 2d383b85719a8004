import ArgumentParser
import Checkpoints
import EngineTiming
import Kernels
import Reports

/// Times the engine without HTTP and prints JSON: the part of `pronk bench engine` that scripts compare with
/// llama-bench.
struct SpeedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed", abstract: "Prints tokens per second of prefill and decode as JSON.")

    @Argument(help: "A packed image (.pronk).") var image: String
    @Option(help: "Prompt tokens of the prefill measurement.") var prompt = 512
    @Option(help: "Tokens drawn in the decode measurement.") var decode = 128
    @Option(help: "Sequences that decode together.") var sequences = 1
    @Option(help: "Rounds; the median counts.") var rounds = 3
    @Option(help: "Rounds before those that count, which warm caches and the clock.") var warmUps = 1
    @Option(help: "Threads.") var threads = 2
    @Option(help: "scalar, avx2, avx512, avx512bf16 or neon. Default: the best there are.")
    var isa: InstructionSet = .best
    @Option(help: "q8 or f16: how keys and values are stored.") var kvType = KVType.standard

    func validate() throws {
        guard rounds >= 1, warmUps >= 0 else { throw ValidationError("At least one round has to be measured.") }
    }

    func run() throws {
        let timer = try EngineTimer(
            image: try PackedImage(path: image), threads: threads, kvType: kvType, instructionSet: isa)
        var prefill: [Double] = [], decoding: [Double] = []
        for round in (1 - warmUps)...rounds {
            let prefillRate = timer.prefill(tokens: prompt)
            let decodeRate = timer.decode(tokens: decode, sequences: sequences)
            if round > 0 {
                prefill.append(prefillRate)
                decoding.append(decodeRate)
            }
        }
        print(
            """
            {"prefill_tokens_per_second": \(Repetitions.median(prefill) ?? 0), \
            "decode_tokens_per_second": \(Repetitions.median(decoding) ?? 0), \
            "prefill_rounds": \(prefill), "decode_rounds": \(decoding)}
            """)
    }
}
