/// How a model's makers want its answers drawn, for what a request leaves open (`generation_config.json`).
package struct SamplingDefaults: Codable, Sendable, Equatable {
    /// 0 ... 2
    package var temperature: Float?
    /// Above 0, at most 1.
    package var topP: Float?
    /// 0: all tokens.
    package var topK: Int?
    /// 0 ... 1
    package var minP: Float?
    /// Above 0; 1: none.
    package var repetitionPenalty: Float?

    package init(
        temperature: Float? = nil, topP: Float? = nil, topK: Int? = nil, minP: Float? = nil,
        repetitionPenalty: Float? = nil
    ) {
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
    }
}
