import ArgumentParser
import Checkpoints
import Foundation
import Kernels
import Models
import Tokenization

/// Prints a text's perplexity with each way of storing keys and values, and how far each is from the first.
///
/// The change is taken token by token, so it is known much more exactly than the perplexity itself.
struct PerplexityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity",
        abstract: "Prints a text's perplexity as JSON, as llama-perplexity takes it.")

    @Argument(help: "A packed image (.pronk).") var image: String
    @Argument(help: "A text in UTF-8.") var text: String
    @Option(help: "Tokens of a window; the second half of each is scored.") var context = 2048
    @Option(help: "Windows, from the start of the text. Default: all.") var windows: Int?
    @Option(parsing: .upToNextOption, help: "q8, f16 or both.") var kvType: [KVType] = [.f16, .q8]
    @Option(
        help: "Stretches the context, as `pronk engine --rope-scaling` does: yarn:2.",
        transform: { text in
            guard let choice = RopeChoice(description: text) else { throw ValidationError("not a scaling: \(text)") }
            return choice
        }) var ropeScaling = RopeChoice.checkpoint
    @Option(help: "Threads.") var threads = 2

    func run() throws {
        let image = try PackedImage(path: image)
        let tokenizer = try Tokenizer(tables: image.tokenizerTables, owner: image)
        var tokens = tokenizer.encode(try String(contentsOfFile: text, encoding: .utf8)).map(\.rawValue)
        if let windows { tokens = Array(tokens.prefix(windows * context)) }
        guard context >= 4, tokens.count >= context, let kernels = InstructionSet.best.kernels else {
            throw ValidationError("The text has \(tokens.count) tokens, fewer than a window of \(context).")
        }
        let perplexity = Perplexity(
            weights: try LlamaWeights(image: image, rope: ropeScaling, contextLength: context), tokens: tokens,
            context: context, threads: threads, kernels: kernels)
        var first: [Double] = []
        for type in kvType {
            let scores = try perplexity.negativeLogProbabilities(type)
            if first.isEmpty { first = scores }
            let changes = zip(scores, first).map { $0 - $1 }
            let (mean, error) = estimate(scores), (change, changeError) = estimate(changes)
            print(
                """
                {"kv_type": "\(type)", "context": \(context), "scored_tokens": \(scores.count), \
                "perplexity": \(exp(mean)), "standard_error": \(exp(mean) * error), \
                "ratio_to_first": \(exp(change)), "error_of_ratio": \(changeError), \
                "mean_change_of_log_probability": \(changes.reduce(0) { $0 + abs($1) } / Double(scores.count))}
                """)
        }
    }

    /// The mean and its standard error.
    private func estimate(_ values: [Double]) -> (mean: Double, error: Double) {
        let count = Double(values.count), mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return (mean, (variance / count).squareRoot())
    }
}
