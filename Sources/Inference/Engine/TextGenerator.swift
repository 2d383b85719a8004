package import Tokenization

/// What the HTTP side needs of an engine, so that it can be tested without one.
package protocol TextGenerator: Sendable {
    var model: ModelDescription { get }

    /// Starts generating. The stream ends after every choice's last event, or throws an `EngineError`.
    ///
    /// Letting go of the stream cancels the request within a step.
    /// Throws at once when the request can never be served (empty prompt, prompt longer than the context, a full
    /// queue).
    func generate(_ request: GenerationRequest) throws(EngineError) -> AsyncThrowingStream<GenerationEvent, any Error>

    func statistics() -> EngineStatistics

    /// Finishes what is in flight, refuses what is new, and returns when nothing runs.
    func drain() async
}

/// What a loaded model tells about itself.
package struct ModelDescription: Sendable {
    package var name: String
    /// Tokens of prompt and answer together.
    package var contextLength: Int
    /// Names everything that decides which bits come out (design: fingerprint).
    package var fingerprint: String
    package var tokenizer: Tokenizer
    /// nil when the checkpoint has no template that we know: chat is refused then.
    package var chatFormat: ChatFormat?
    /// How answers are drawn where a request does not say.
    package var samplingDefaults: SamplingDefaults

    package init(
        name: String, contextLength: Int, fingerprint: String, tokenizer: Tokenizer, chatFormat: ChatFormat?,
        samplingDefaults: SamplingDefaults = SamplingDefaults()
    ) {
        self.name = name
        self.contextLength = contextLength
        self.fingerprint = fingerprint
        self.tokenizer = tokenizer
        self.chatFormat = chatFormat
        self.samplingDefaults = samplingDefaults
    }
}

/// Counters since the engine started, and gauges of now.
package struct EngineStatistics: Sendable {
    package var runningSequences = 0
    package var waitingSequences = 0
    /// Blocks that sequences hold; cached ones that nobody holds count as free.
    package var usedBlocks = 0
    /// Blocks in the prefix cache, held or free.
    package var cachedBlocks = 0
    package var totalBlocks = 0
    package var tokensPerBlock = 32
    package var cachesPrefixes = false
    /// Tokens of sequences that began, and those of them that were in the prefix cache.
    package var prefixQueries = 0
    package var prefixHits = 0
    package var preemptions = 0
    /// Tokens that came with requests, for each choice: prompts, and what resumed choices had said elsewhere.
    package var promptTokens = 0
    /// Tokens drawn here.
    package var generatedTokens = 0
    package var steps = 0
    /// Steps by number of tokens, cumulative as in Prometheus, for the upper bounds `stepTokenBounds` and infinity.
    package var stepTokenBuckets: [Int] { buckets.indices.map { buckets[$0] } }
    package private(set) var stepTokenSum = 0
    // In line, so that copying statistics to readers makes no later count allocate.
    private var buckets = InlineArray<14, Int>(repeating: 0)

    package static let stepTokenBounds = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]

    package init() {}

    /// Counts one step of `tokens` tokens.
    package mutating func recordStep(tokens: Int) {
        steps += 1
        stepTokenSum += tokens
        for (bucket, bound) in Self.stepTokenBounds.enumerated() where tokens <= bound { buckets[bucket] += 1 }
        buckets[Self.stepTokenBounds.count] += 1
    }
}

/// Why a generation could not start or go on.
package struct EngineError: Error, Sendable {
    package enum Code: String, Sendable {
        case emptyPrompt = "empty_prompt"
        case contextLengthExceeded = "context_length_exceeded"
        case invalidParameter = "invalid_parameter"
        /// `resume` does not fit the rest of the request.
        case invalidResume = "invalid_resume"
        case queueFull = "queue_full"
        case outOfMemory = "out_of_memory"
        case draining
        case cancelled
        case internalFailure = "internal_failure"
    }
    package var code: Code
    package var message: String
    /// The choice at fault, where one is.
    package var choice: Int?

    package init(_ code: Code, _ message: String, choice: Int? = nil) {
        self.code = code
        self.message = message
        self.choice = choice
    }
}
