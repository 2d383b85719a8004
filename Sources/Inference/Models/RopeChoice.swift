package import Checkpoints

/// Whether a model's rotary frequencies are stretched as its checkpoint says, or as whoever starts the engine wants.
package enum RopeChoice: Sendable, Equatable {
    case checkpoint
    /// As the model was trained, whatever the checkpoint says.
    case unscaled
    case scaled(RopeScaling.Kind, factor: Double)

    /// "none", or a kind and its factor, as in "yarn:2".
    package init?(description: String) {
        if description == "none" {
            self = .unscaled
            return
        }
        let parts = description.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = RopeScaling.Kind(rawValue: String(parts[0])),
            let factor = Double(parts[1]), factor.isFinite, factor >= 1
        else { return nil }
        self = .scaled(kind, factor: factor)
    }
}

/// The scaling that a model runs with, and how many tokens then fit.
struct RopeSetting: Sendable, Equatable {
    let scaling: RopeScaling?
    /// The longest context that can be configured.
    let largestContextLength: Int
    /// The context that `dynamic` frequencies are computed for: once, because stored keys would not change with them.
    let contextLength: Int
    /// For the fingerprint: empty where the checkpoint's own numbers say everything.
    let fingerprint: String

    /// - Parameters:
    ///   - contextLength: what the engine is set to; nil: what the checkpoint states.
    ///   - hasDivisors: whether the checkpoint brings divisors of its own (`rope_freqs`).
    init(
        _ choice: RopeChoice, _ shape: ModelConfiguration, contextLength: Int?, hasDivisors: Bool
    ) throws(ModelError) {
        let trained = shape.originalContextLength
        guard choice == .checkpoint || !hasDivisors else {
            throw ModelError(
                .unsupportedScaling,
                "\(shape.name) brings divisors of its rotary frequencies (rope_freqs), which are stretched already: "
                    + "leave --rope-scaling out")
        }
        let largest: Int
        switch choice {
        case .checkpoint:
            scaling = shape.ropeScaling
            largest = shape.largestContextLength
        case .unscaled:
            scaling = nil
            largest = trained
        case .scaled(let kind, let factor):
            let scaling = RopeScaling(kind: kind, factor: factor, originalContextLength: trained)
            guard scaling.isSound else {
                throw ModelError(
                    .unsupportedScaling, "a RoPE factor of \(factor) cannot be used: give one from 1 to some 40")
            }
            self.scaling = scaling
            largest = max(trained, scaling.stretchedContextLength)
        }
        let wanted = contextLength ?? min(shape.contextLength, largest)
        guard wanted <= largest else {
            throw ModelError(
                .unsupportedScaling,
                "a context of \(wanted) tokens is more than \(shape.name) can read, \(largest): lower --context, or "
                    + "stretch it further by --rope-scaling yarn:2")
        }
        self.contextLength = wanted
        largestContextLength = scaling?.kind == .dynamic ? wanted : largest
        fingerprint = Self.fingerprint(of: scaling, choice, shape, contextLength: wanted)
    }

    /// What the image's digest, which names the checkpoint's own scaling with all of its numbers, does not say.
    private static func fingerprint(
        of scaling: RopeScaling?, _ choice: RopeChoice, _ shape: ModelConfiguration, contextLength: Int
    ) -> String {
        guard let scaling else { return shape.ropeScaling == nil ? "" : "-unscaled" }
        let length = scaling.kind == .dynamic ? "@\(contextLength)" : ""
        if choice == .checkpoint { return length }
        return "-\(scaling.kind.rawValue)\(scaling.factor)of\(scaling.originalContextLength)\(length)"
    }
}
