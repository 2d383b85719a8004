import ArgumentParser
import Foundation
import PlatformConfiguration

/// Where the settings are, for every command that needs them.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The file with the settings. Default: pronk.yaml in the data folder.", valueName: "file"))
    var file: String?

    @OptionGroup var data: DataOptions

    var path: String { file ?? "\(data.path)/\(DefaultConfiguration.fileName)" }

    /// Reads the file and what overrides it. What is wrong goes to standard error as compilers print it, and the
    /// command ends with status 1.
    func load(flags: [ConfigurationFlag] = []) throws -> EffectiveConfiguration {
        do {
            return try EffectiveConfiguration.load(
                file: path, environment: ProcessInfo.processInfo.environment, flags: flags)
        } catch {
            StandardError.write(error.message + "\n")
            throw ExitCode.failure
        }
    }
}
