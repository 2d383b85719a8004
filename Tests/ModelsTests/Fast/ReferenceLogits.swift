import Checkpoints
import Models

/// The reference pass, as the judge of the fast path.
enum ReferenceLogits {
    /// The log-probability of each token after those before it.
    static func forced(_ gguf: String, _ tokens: [Int32]) throws -> [Double] {
        let model = try ReferenceModel(GGUFFile(path: gguf))
        var state = model.makeState()
        let logits = model.logits(of: Array(tokens.dropLast()), state: &state, allPositions: true)
        let size = model.configuration.vocabularySize
        return tokens.dropFirst().enumerated().map { place, token in
            LogProbabilities(logits: logits[place * size..<(place + 1) * size])[token]
        }
    }
}
