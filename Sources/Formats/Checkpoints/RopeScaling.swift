import Glibc

/// How a model's rotary frequencies are changed, so that it reads more tokens than it was trained for.
///
/// The formulas are those of transformers' `modeling_rope_utils`, by the same names.
package struct RopeScaling: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Every frequency divided by the factor: position interpolation.
        case linear
        /// A larger base, computed once for the longest context that the engine is set to ("NTK-aware").
        case dynamic
        /// Slow frequencies divided, fast ones kept, a ramp between them, and attention sharpened (Peng et al.).
        case yarn
        /// As Llama 3.1 was trained: like YaRN with a ramp over wavelengths and no sharpening.
        case llama3
    }

    package var kind: Kind
    /// How many times longer the context becomes; at least 1.
    package var factor: Double
    /// Tokens that the model was trained for before it was stretched.
    package var originalContextLength: Int
    /// YaRN: turns within the original context above which a frequency is kept, and below which it is divided.
    package var betaFast = 32.0
    package var betaSlow = 1.0
    /// YaRN: whether the ramp's ends are rounded to whole pairs.
    package var truncates = true
    /// What cosines and sines are multiplied by.
    package var attentionFactor = 1.0
    /// Llama 3.1: the original context in wavelengths, between whose bounds frequencies are mixed.
    package var lowFrequencyFactor = 1.0
    package var highFrequencyFactor = 4.0

    /// The scaling of `kind` with its paper's parameters.
    package init(kind: Kind, factor: Double, originalContextLength: Int) {
        self.kind = kind
        self.factor = factor
        self.originalContextLength = originalContextLength
        if kind == .yarn { attentionFactor = Self.yarnAttentionFactor(factor) }
    }

    /// How much YaRN sharpens attention: 0.1 · ln s + 1.
    static func yarnAttentionFactor(_ factor: Double, weight: Double = 1) -> Double {
        factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1
    }

    /// Tokens that fit into the stretched context.
    package var stretchedContextLength: Int {
        Int(min(factor * Double(originalContextLength), Double(Limits.context)))
    }

    /// Whether the numbers are plausible, whoever wrote them.
    package var isSound: Bool {
        (1...Limits.ropeFactor).contains(factor) && (1...Limits.context).contains(originalContextLength)
            && factor * Double(originalContextLength) <= 1e9 && (0.01...100).contains(attentionFactor)
            && betaFast.isFinite && betaSlow > 0 && betaFast >= betaSlow
            && lowFrequencyFactor > 0 && highFrequencyFactor > lowFrequencyFactor && highFrequencyFactor.isFinite
    }
}
