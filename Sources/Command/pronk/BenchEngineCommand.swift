import ArgumentParser
import Checkpoints
import EngineTiming
import Foundation

/// `pronk bench engine`: a model on this machine, beside what the machine can do.
struct BenchEngineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Measure a model without HTTP, beside this machine's limits of reading and computing.",
        discussion: """
            Reads memory and computes with nothing else to find the limits, then times prompts and answers. Nothing
            heavy should run beside it. Ctrl+C ends with the rounds until then.
            """)

    @Argument(help: "The model's name in `pronk model list`, or the path of a packed image or a checkpoint.")
    var model: String

    @Option(help: ArgumentHelp("Tokens of the prompts, as in 512,2048.", valueName: "counts"))
    var prefill: NumberList?

    @Option(help: ArgumentHelp("Sequences that decode together, as in 1,4,16.", valueName: "counts"))
    var sequences: NumberList?

    @Option(help: ArgumentHelp("Tokens that each sequence draws.", valueName: "tokens"))
    var decode = 64

    @Option(help: ArgumentHelp("Rounds; medians count.", valueName: "count"))
    var rounds = 3

    @Option(help: "Threads that compute. Default: one for each core.")
    var threads: Int?

    @OptionGroup var data: DataOptions
    @OptionGroup var output: BenchOutput

    func validate() throws { _ = try plan() }

    func run() async throws {
        try output.check()
        let plan = try plan()
        let image = try data.modelStore().find(model)
        let progress = BenchProgress()
        progress.show("\(image.modelName): what the machine can do")
        let measurement = try await BenchInterruption.running { interruption in
            try EngineMeasuring(plan: plan, image: image).run(
                progress: { progress.show("\(image.modelName): \(Int($0 * 100)) %") },
                isEnded: { interruption.isRequested })
        }
        progress.end()
        try output.write(
            measurement.document(language: output.language, facts: output.facts), kind: "engine", result: measurement)
        if measurement.endedEarly { throw ExitCode(BenchInterruption.exitCode) }
    }

    private func plan() throws -> EnginePlan {
        func counts(_ list: NumberList?, _ option: String, _ most: Int) throws -> [Int]? {
            try list?.values.map { value in
                guard let count = Int(exactly: value), (1...most).contains(count) else {
                    throw ValidationError("\(option) takes whole numbers from 1 to \(most), as in 1,4.")
                }
                return count
            }
        }
        var plan = EnginePlan(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        plan.prefillTokens = try counts(prefill, "--prefill", 1_000_000) ?? plan.prefillTokens
        plan.sequences = try counts(sequences, "--sequences", 64) ?? plan.sequences
        guard (1...1_000).contains(rounds), (1...100_000).contains(decode), (1...256).contains(plan.threads) else {
            throw ValidationError("--rounds, --decode and --threads must be at least 1, and not beyond all reason.")
        }
        plan.decodeTokens = decode
        plan.rounds = rounds
        return plan
    }
}
