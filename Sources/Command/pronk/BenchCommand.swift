import ArgumentParser

/// `pronk bench`: how fast an engine, a server, or several of them are.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure an engine against this machine's limits, a server under load, or several side by side.",
        subcommands: [BenchEngineCommand.self, BenchServeCommand.self, BenchCompareCommand.self])
}
