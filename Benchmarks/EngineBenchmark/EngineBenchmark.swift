import ArgumentParser
import Kernels

/// Our engine without HTTP, for scripts that compare it with a peer's own programs.
@main
struct EngineBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine-benchmark", abstract: "Measures the engine without HTTP; prints JSON.",
        subcommands: [SpeedCommand.self, PerplexityCommand.self], defaultSubcommand: SpeedCommand.self)
}

extension InstructionSet: ExpressibleByArgument {}
extension KVType: ExpressibleByArgument {}
