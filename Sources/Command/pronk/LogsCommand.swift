import ArgumentParser
import Foundation
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
        guard let path = try path() else {
            let known = services().joined(separator: ", ")
            throw CommandError(
                "No instance of '\(name)' has run here. "
                    + (known.isEmpty ? "None has." : "There are logs of: \(known)."))
        }
        let tail = LogTail(path: path)
        if follow {
            for await lines in tail.follow(last: lines) { lines.forEach { print($0) } }
        } else {
            tail.last(lines).forEach { print($0) }
        }
    }

    private var folder: String { data.path + "/logs" }

    private func services() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The log of the instance, or of the service's newest.
    private func path() throws -> String? {
        if services().contains(name) {
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")
            let newest = files.compactMap { Int($0.hasSuffix(".log") ? $0.dropLast(4) : "") }.max()
            return newest.map { "\(folder)/\(name)/\($0).log" }
        }
        guard let dash = name.lastIndex(of: "-"), Int(name[name.index(after: dash)...]) != nil else { return nil }
        let path = "\(folder)/\(name[..<dash])/\(name[name.index(after: dash)...]).log"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
