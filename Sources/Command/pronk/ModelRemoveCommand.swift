import ArgumentParser
import Checkpoints
import Foundation

/// `pronk model remove`: takes a model away. A file that Pronk fetched itself goes with it; a file of the user's stays.
struct ModelRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove a model.")

    @Argument(help: "The model's name.")
    var name: String

    @OptionGroup var data: DataOptions

    func run() throws {
        let store = try data.modelStore()
        let source = store.sourcePath(of: name)
        try store.remove(name)
        if let source, source.hasPrefix(URL(filePath: data.downloadFolder).standardizedFileURL.path() + "/") {
            try? FileManager.default.removeItem(atPath: source)
        }
        print("\(name) is removed.")
    }
}
