import ArgumentParser
import Checkpoints
import Foundation
import Terminal

/// `pronk model inspect`: what one wants to know of a model before running it. Packs nothing.
struct ModelInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what a model is and what it needs.")

    @Argument(help: "A model's name, or the path of a GGUF file, a Hugging Face folder or a packed image.")
    var model: String

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var data: DataOptions

    func run() throws {
        let record = try record()
        print(json ? try ModelRecord.json(record) : TextTable.lines(record.rows))
    }

    private func record() throws -> ModelRecord {
        if let entry = try data.modelStore().list().first(where: { $0.name == model }) {
            return ModelRecord(name: model, image: try entry.image.get())
        }
        if model.hasSuffix(PackedImage.suffix) { return ModelRecord(name: nil, image: try PackedImage(path: model)) }
        guard model.contains("/") || FileManager.default.fileExists(atPath: model) else {
            throw CommandError(
                "There is no model and no file '\(model)'. `pronk model list` shows the models; a path will do too."
            )
        }
        return ModelRecord(name: nil, digest: nil, summary: try ModelSummary(CheckpointReader.open(model)))
    }
}
