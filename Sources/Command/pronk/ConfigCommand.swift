import ArgumentParser

/// `pronk config`: the settings, before anything runs with them.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check the settings, and show where each value comes from.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self]
    )
}
