import ArgumentParser

/// `pronk config show`: what holds, and why.
struct ConfigShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every setting with its value and where it comes from: default, file, environment.",
        discussion:
            "The output is a pronk.yaml with the same meaning, but for the values of `environment`: those are kept."
    )

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let effective = try options.load()
        print(json ? try effective.json() : effective.yaml)
    }
}
