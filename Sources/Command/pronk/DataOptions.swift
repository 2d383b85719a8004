import ArgumentParser
import Checkpoints
import Foundation

/// Where Pronk keeps its models and its database, for every command that needs them.
struct DataOptions: ParsableArguments {
    @Option(
        name: .customLong("data"),
        help: ArgumentHelp(
            "The folder of models and the database. Default: $PRONK_DATA, or ~/.local/share/pronk.",
            valueName: "folder"))
    var folder: String?

    /// The folder's path: the flag wins over the environment, the environment over the default.
    var path: String {
        let environment = ProcessInfo.processInfo.environment
        if let folder { return folder }
        if let folder = environment["PRONK_DATA"], !folder.isEmpty { return folder }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/pronk"
    }

    /// Where packed images are.
    func modelStore() throws -> ModelStore { try ModelStore(directory: path + "/models") }

    /// Where files are kept that Pronk fetched itself.
    var downloadFolder: String { path + "/downloads" }

    /// The flag as a child process of this program needs it.
    var arguments: [String] { ["--data", path] }
}
