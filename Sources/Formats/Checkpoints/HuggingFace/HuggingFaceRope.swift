/// The object `rope_scaling` of a Hugging Face `config.json`, or `rope_parameters`, as transformers 5 calls it.
package struct HuggingFaceRope: Decodable, Sendable {
    /// `rope_theta`, which newer files have here.
    package var theta: Double?
    private var type: String?
    private var legacyType: String?
    private var factor: Double?
    private var originalContextLength: Int?
    private var attentionFactor: Double?
    private var betaFast: Double?
    private var betaSlow: Double?
    private var mscale: Double?
    private var mscaleAllDimensions: Double?
    private var truncates: Bool?
    private var lowFrequencyFactor: Double?
    private var highFrequencyFactor: Double?
    private var partialRotaryFactor: Double?

    private enum CodingKeys: String, CodingKey {
        case theta = "rope_theta"
        case type = "rope_type"
        case legacyType = "type"
        case factor
        case originalContextLength = "original_max_position_embeddings"
        case attentionFactor = "attention_factor"
        case betaFast = "beta_fast"
        case betaSlow = "beta_slow"
        case mscale
        case mscaleAllDimensions = "mscale_all_dim"
        case truncates = "truncate"
        case lowFrequencyFactor = "low_freq_factor"
        case highFrequencyFactor = "high_freq_factor"
        case partialRotaryFactor = "partial_rotary_factor"
    }

    /// The scaling that it describes; nil when frequencies are left alone.
    ///
    /// - Parameter contextLength: `max_position_embeddings`.
    package func scaling(contextLength: Int) throws(CheckpointError) -> RopeScaling? {
        let name = type ?? legacyType ?? "default"
        if let partialRotaryFactor, partialRotaryFactor != 1 {
            throw CheckpointError(
                .unsupportedArchitecture, "partial_rotary_factor is \(partialRotaryFactor); only 1 is supported")
        }
        guard name != "default" else { return nil }
        guard let kind = RopeScaling.Kind(rawValue: name) else {
            let known = RopeScaling.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.refused("RoPE scaling \(quoted(name)) is not supported; these are: \(known)")
        }
        // The others stretch the context that the file states, whatever else it says.
        let original = kind == .yarn || kind == .llama3 ? originalContextLength ?? contextLength : contextLength
        guard let factor = factor ?? (kind == .yarn && original > 0 ? Double(contextLength) / Double(original) : nil)
        else { throw Self.refused("RoPE scaling \(quoted(name)) has no factor") }
        var scaling = RopeScaling(kind: kind, factor: factor, originalContextLength: original)
        switch kind {
        case .linear, .dynamic: break
        case .yarn:
            scaling.betaFast = betaFast.flatMap { $0 == 0 ? nil : $0 } ?? scaling.betaFast
            scaling.betaSlow = betaSlow.flatMap { $0 == 0 ? nil : $0 } ?? scaling.betaSlow
            scaling.truncates = truncates ?? true
            if let attentionFactor {
                scaling.attentionFactor = attentionFactor
            } else if let mscale, let mscaleAllDimensions, mscale != 0, mscaleAllDimensions != 0 {
                scaling.attentionFactor =
                    RopeScaling.yarnAttentionFactor(factor, weight: mscale)
                    / RopeScaling.yarnAttentionFactor(factor, weight: mscaleAllDimensions)
            }
        case .llama3:
            guard let lowFrequencyFactor, let highFrequencyFactor else {
                throw Self.refused("RoPE scaling \"llama3\" needs low_freq_factor and high_freq_factor")
            }
            scaling.lowFrequencyFactor = lowFrequencyFactor
            scaling.highFrequencyFactor = highFrequencyFactor
        }
        guard scaling.isSound else { throw Self.refused("RoPE scaling \(quoted(name)) has implausible numbers") }
        return scaling
    }

    private static func refused(_ why: String) -> CheckpointError {
        CheckpointError(
            .unsupportedArchitecture,
            why + "; take the object out of config.json to run the model at the context it was trained for")
    }
}
