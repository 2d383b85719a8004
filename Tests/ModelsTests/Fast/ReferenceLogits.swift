import Checkpoints
import Models

/// The reference pass, as the judge of the fast path.
enum ReferenceLogits {
    /// The log-probability of each token after those before it.
    static func forced(
        _ file: any Checkpoint, _ tokens: [Int32], ropeScaling: RopeScaling? = nil, contextLength: Int? = nil
    ) throws -> [Double] {
        let model = try ReferenceModel(file, ropeScaling: ropeScaling, contextLength: contextLength)
        var state = model.makeState()
        let logits = model.logits(of: Array(tokens.dropLast()), state: &state, allPositions: true)
        let size = model.configuration.vocabularySize
        return tokens.dropFirst().enumerated().map { place, token in
            LogProbabilities(logits: logits[place * size..<(place + 1) * size])[token]
        }
    }
}
