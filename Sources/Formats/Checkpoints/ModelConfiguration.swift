/// The shape of a Llama-family model: everything that a forward pass needs to know besides the weights.
package struct ModelConfiguration: Codable, Sendable, Equatable {
    /// The checkpoint's family, by GGUF's names.
    package enum Architecture: String, Codable, Sendable, CaseIterable {
        case llama
        /// Llama with biases on q, k and v.
        case qwen2
    }

    /// As the checkpoint calls itself.
    package var name: String
    package var architecture: Architecture
    /// Rows of the embedding.
    package var vocabularySize: Int
    package var layerCount: Int
    /// Width of the residual stream.
    package var hiddenSize: Int
    /// Width of the gated feed-forward layer.
    package var feedForwardSize: Int
    package var headCount: Int
    /// Heads of keys and values; divides `headCount`.
    package var kvHeadCount: Int
    /// Width of one head; `headCount * headSize` may differ from `hiddenSize`.
    package var headSize: Int
    /// The first so many elements of a head are rotated; even.
    package var ropeDimension: Int
    /// Tokens that the model was trained for.
    package var contextLength: Int
    package var rmsNormEpsilon: Float
    package var ropeTheta: Float
    /// How rotary frequencies are stretched; nil: not at all. Images from before scaling was known have none.
    package var ropeScaling: RopeScaling?
    /// Whether the embedding serves as the output matrix.
    package var tiedEmbeddings: Bool
    /// A token sees so many tokens, itself included, in the layers that have a sliding window; nil: all.
    package var slidingWindow: Int?
    /// The first layer with a sliding window (Qwen2's `max_window_layers`); nil: all layers have it.
    package var firstSlidingLayer: Int?

    package init(
        name: String, architecture: Architecture, vocabularySize: Int, layerCount: Int, hiddenSize: Int,
        feedForwardSize: Int, headCount: Int, kvHeadCount: Int, headSize: Int, ropeDimension: Int, contextLength: Int,
        rmsNormEpsilon: Float, ropeTheta: Float, ropeScaling: RopeScaling? = nil, tiedEmbeddings: Bool,
        slidingWindow: Int? = nil, firstSlidingLayer: Int? = nil
    ) {
        self.name = name
        self.architecture = architecture
        self.vocabularySize = vocabularySize
        self.layerCount = layerCount
        self.hiddenSize = hiddenSize
        self.feedForwardSize = feedForwardSize
        self.headCount = headCount
        self.kvHeadCount = kvHeadCount
        self.headSize = headSize
        self.ropeDimension = ropeDimension
        self.contextLength = contextLength
        self.rmsNormEpsilon = rmsNormEpsilon
        self.ropeTheta = ropeTheta
        self.ropeScaling = ropeScaling
        self.tiedEmbeddings = tiedEmbeddings
        self.slidingWindow = slidingWindow
        self.firstSlidingLayer = firstSlidingLayer
    }

    package var queryWidth: Int { headCount * headSize }
    package var kvWidth: Int { kvHeadCount * headSize }

    /// The tokens that a token sees in a layer, itself included; nil: all.
    package func window(layer: Int) -> Int? { layer >= firstSlidingLayer ?? 0 ? slidingWindow : nil }

    /// Tokens that the model was trained for before anybody stretched it: what a factor multiplies. transformers has
    /// it in `max_position_embeddings` for `linear` and `dynamic`, and in a field of the scaling for the others, whose
    /// `max_position_embeddings` is stretched already.
    package var originalContextLength: Int { ropeScaling?.originalContextLength ?? contextLength }

    /// The longest context that the checkpoint itself can be run with. Llama 3.1 states it stretched already.
    package var largestContextLength: Int {
        guard let ropeScaling, ropeScaling.kind != .llama3 else { return contextLength }
        return max(contextLength, ropeScaling.stretchedContextLength)
    }
}

extension ModelConfiguration {
    /// - Parameter key: what the checkpoint calls it.
    static func check(ropeTheta: Float, _ key: String) throws(CheckpointError) {
        guard ropeTheta > 1 else {
            throw CheckpointError(.invalidMetadata, "\(key) is \(ropeTheta): all pairs of a head would turn alike")
        }
    }

    /// Checks that sizes are plausible and agree with each other, whoever wrote them.
    func validate() throws(CheckpointError) {
        let width = 1...Limits.width, heads = 1...Limits.heads
        let isSound =
            (1...Limits.vocabulary).contains(vocabularySize) && (1...Limits.layers).contains(layerCount)
            && width.contains(hiddenSize) && width.contains(feedForwardSize) && heads.contains(headCount)
            && heads.contains(kvHeadCount) && headCount % kvHeadCount == 0 && width.contains(headSize)
            && headCount * headSize <= Limits.width && (2...headSize).contains(ropeDimension)
            && ropeDimension % 2 == 0 && (1...Limits.context).contains(contextLength)
            && rmsNormEpsilon.isFinite && rmsNormEpsilon > 0 && ropeTheta.isFinite && ropeTheta > 1
            && ropeScaling?.isSound ?? true && slidingWindow ?? 1 >= 1 && firstSlidingLayer ?? 0 >= 0
        guard isSound else { throw CheckpointError(.invalidImage, "its configuration contradicts itself: \(self)") }
    }
}
