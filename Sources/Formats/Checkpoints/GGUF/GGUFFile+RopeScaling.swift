extension GGUFFile {
    /// The scaling that the keys `rope.scaling.…` describe, by llama.cpp's rules; nil: none.
    ///
    /// Llama 3.1's stands in no key, but in the tensor `rope_freqs.weight`.
    func ropeScaling(_ prefix: String, contextLength: Int) throws(CheckpointError) -> RopeScaling? {
        let key = "\(prefix).rope.scaling"
        var factor = try metadata.positiveReal("\(key).factor").map { Double($0) }
        if factor == nil { factor = try metadata.positiveReal("\(prefix).rope.scale_linear").map { Double($0) } }
        let type = try metadata.string("\(key).type") ?? (factor == nil ? "none" : "linear")
        guard type != "none" else { return nil }
        guard let kind = RopeScaling.Kind(rawValue: type), kind == .linear || kind == .yarn else {
            throw CheckpointError(
                .unsupportedArchitecture,
                "RoPE scaling \(quoted(type)) is not supported; use a file with none, linear, yarn, or rope_freqs")
        }
        guard let factor, factor != 1 else { return nil }
        let original = try metadata.integer("\(key).original_context_length", in: 1...Limits.context)
        var scaling = RopeScaling(kind: kind, factor: factor, originalContextLength: original ?? contextLength)
        if kind == .yarn {
            scaling.attentionFactor *= Double(try metadata.positiveReal("\(key).attn_factor") ?? 1)
            if let fast = try metadata.positiveReal("\(key).yarn_beta_fast") { scaling.betaFast = Double(fast) }
            if let slow = try metadata.positiveReal("\(key).yarn_beta_slow") { scaling.betaSlow = Double(slow) }
        }
        guard scaling.isSound else {
            throw CheckpointError(
                .invalidMetadata, "\(key).factor is \(factor), no plausible scaling of \(contextLength) tokens")
        }
        return scaling
    }
}
