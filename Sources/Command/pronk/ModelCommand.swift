import ArgumentParser

/// `pronk model`: the models that engines can serve.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Add, list, inspect and remove models.",
        subcommands: [ModelAddCommand.self, ModelListCommand.self, ModelInspectCommand.self, ModelRemoveCommand.self]
    )
}
