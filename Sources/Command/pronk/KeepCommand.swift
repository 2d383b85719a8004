import ArgumentParser
import Foundation
import Instances

/// `pronk keep`: a program that ends with whoever started it, whatever it is.
struct KeepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keep",
        abstract: "Run a program that ends, with all its processes, when standard input closes.",
        discussion: """
            The platform runs programs that are not its own engines under it. It passes SIGTERM and Ctrl+C on, and
            exits with the program's status: 128 and the number for a signal, 127 if there is no such program, 126 if
            it cannot be run.
            """
    )

    @Option(help: ArgumentHelp("Memory for all its processes together, as in 6GB. More ends it.", valueName: "size"))
    var memory: ByteCount?

    @Option(help: ArgumentHelp("Seconds that it gets to end after SIGTERM.", valueName: "seconds"))
    var grace = 30

    @Option(help: ArgumentHelp("The user that it runs as; only root may change it.", valueName: "name"))
    var user: String?

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String]

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("Name the program to run after --.") }
        guard grace >= 0 else { throw ValidationError("--grace must not be negative.") }
    }

    func run() throws {
        let program = KeptProgram(
            command: command, memoryBytes: memory?.bytes, grace: .seconds(grace), user: user)
        var keeper = Keeper(program) { StandardError.write("pronk keep: \($0)\n") }
        let status: Int32
        do {
            status = try keeper.run()
        } catch {
            StandardError.write("pronk keep: \(error.message)\n")
            status = error.code == .commandNotFound ? 127 : 126
        }
        throw ExitCode(status)
    }
}
