import ArgumentParser
import Instances

/// `pronk logs`: what instances wrote, also those that are gone.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what an instance wrote.",
        discussion: "Reads the files in the data folder's logs, so it works whether or not anything runs.")

    @Argument(help: "A service, for its newest instance, or an instance, as in smollm2-135m-instruct-3.")
    var name: String

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many lines.", valueName: "count"))
    var lines = 100

    @Flag(name: .shortAndLong, help: "Go on with what is written from now on.")
    var follow = false

    @OptionGroup var data: DataOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("--lines must not be negative.") }
    }

    func run() async throws {
        let logs = InstanceLogs(dataFolder: data.path)
        guard let tail = logs.tail(named: name) else {
            let known = logs.services().joined(separator: ", ")
            throw CommandError(
                "No instance of '\(name)' has run here. "
                    + (known.isEmpty ? "None has." : "There are logs of: \(known)."))
        }
        if follow {
            for await lines in tail.follow(last: lines) { lines.forEach { print($0) } }
        } else {
            tail.last(lines).forEach { print($0) }
        }
    }
}
