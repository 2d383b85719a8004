/// How a token is drawn from the logits. The defaults are OpenAI's.
package struct SamplingParameters: Sendable, Equatable {
    /// 0 is greedy.
    package var temperature: Float
    /// Nucleus: the smallest set of tokens whose probability reaches this.
    package var topP: Float
    /// Only the k most likely tokens; 0: all.
    package var topK: Int
    /// Only tokens at least this fraction as likely as the likeliest.
    package var minP: Float
    /// What the logits of tokens that were seen before are divided by where positive, multiplied by where negative.
    package var repetitionPenalty: Float
    /// With the position and the choice, the only source of randomness.
    package var seed: UInt64

    package init(
        temperature: Float = 1, topP: Float = 1, topK: Int = 0, minP: Float = 0, repetitionPenalty: Float = 1,
        seed: UInt64 = 0
    ) {
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
        self.seed = seed
    }
}
