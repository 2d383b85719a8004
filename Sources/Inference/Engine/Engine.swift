package import Models
package import Tokenization

/// An engine on a thread of its own: requests come in from anywhere, events go out as streams.
package final class Engine: TextGenerator {
    package let model: ModelDescription
    private let mailbox: Mailbox
    private let configuration: EngineConfiguration

    /// Starts the thread, and reading ahead what of `weights` is not in memory. Nothing is converted, so this takes
    /// milliseconds.
    package init(
        weights: LlamaWeights, tokenizer: Tokenizer, chatFormat: ChatFormat?, configuration: EngineConfiguration
    ) throws {
        let core = try EngineCore(weights: weights, tokenizer: tokenizer, configuration: configuration)
        ReadAhead.start(weights)
        model = ModelDescription(
            name: weights.configuration.name, contextLength: core.contextLength,
            fingerprint: core.fingerprint, tokenizer: tokenizer,
            chatFormat: chatFormat, samplingDefaults: weights.image.samplingDefaults ?? SamplingDefaults())
        mailbox = Mailbox()
        self.configuration = configuration
        try EngineThread(core: core, mailbox: mailbox).start()
    }

    deinit { mailbox.post(.stop) }

    package func generate(
        _ request: GenerationRequest
    ) throws(EngineError) -> AsyncThrowingStream<GenerationEvent, any Error> {
        try check(request)
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: GenerationEvent.self)
        let ticket = try mailbox.admit(sequences: request.openChoices, limit: configuration.maximumWaiting)
        guard request.openChoices > 0 else {
            continuation.finish()
            return stream
        }
        let sink = StreamSink(continuation: continuation, choices: request.openChoices)
        continuation.onTermination = { [mailbox] reason in
            if case .cancelled = reason { mailbox.post(.cancel(ticket: ticket)) }
        }
        mailbox.post(.submit(ticket: ticket, request, sink))
        return stream
    }

    private func check(_ request: GenerationRequest) throws(EngineError) {
        guard !request.prompt.isEmpty else { throw EngineError(.emptyPrompt, "the prompt is empty") }
        guard request.prompt.count < model.contextLength else {
            throw EngineError(
                .contextLengthExceeded,
                "the prompt has \(request.prompt.count) tokens, but the context holds \(model.contextLength) tokens of "
                    + "prompt and answer together; shorten the prompt")
        }
        let vocabulary = 0..<Int32(model.tokenizer.vocabularySize)
        if let unknown = request.prompt.first(where: { !vocabulary.contains($0.rawValue) }) {
            throw EngineError(
                .invalidParameter,
                "token \(unknown.rawValue) is outside the vocabulary of \(vocabulary.count) tokens")
        }
        guard request.choices >= 1, request.maxTokens ?? 1 >= 1 else {
            throw EngineError(.invalidParameter, "the number of choices and the token limit must be at least 1")
        }
        try request.checkResume(contextLength: model.contextLength, tokenizer: model.tokenizer)
    }

    package func statistics() -> EngineStatistics { mailbox.statistics }

    package func drain() async {
        await withCheckedContinuation { mailbox.drain($0) }
    }
}
