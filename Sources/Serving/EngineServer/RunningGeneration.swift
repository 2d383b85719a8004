import Engine
import OpenAIAPI

/// The generations of one HTTP request, merged into one sequence of events.
///
/// Several prompts make several streams; the choices of prompt p are p × n ..< (p + 1) × n.
/// Letting go of it lets go of the streams, which cancels them in the engine.
final class RunningGeneration: Sendable {
    typealias Stream = AsyncThrowingStream<GenerationEvent, any Error>

    let prompts: PromptCount
    private let mailbox: EventMailbox
    private let pumps: [Task<Void, Never>]
    private let onEnd: @Sendable () -> Void

    /// - Parameter onEnd: called once, when nobody holds this object any more.
    init(
        _ streams: [Stream], choicesPerStream: Int, promptTokens: Int, meter: RequestMeter,
        onEnd: @escaping @Sendable () -> Void
    ) {
        let mailbox = EventMailbox(streams: streams.count)
        self.mailbox = mailbox
        self.onEnd = onEnd
        prompts = PromptCount(prompts: streams.count, choicesPerPrompt: choicesPerStream, tokens: promptTokens)
        pumps = streams.enumerated().map { index, stream in
            Task { await Self.pump(stream, firstChoice: index * choicesPerStream, meter, mailbox) }
        }
    }

    deinit {
        for pump in pumps { pump.cancel() }
        onEnd()
    }

    /// The events that came since the last call, in order; nil after the last.
    func next() async throws(APIError) -> [GenerationEvent]? { try await mailbox.take() }

    /// Ends the generation at once; whoever waits in `next` gets the error.
    func fail(_ error: APIError) {
        mailbox.fail(error)
        for pump in pumps { pump.cancel() }
    }

    private static func pump(_ stream: Stream, firstChoice: Int, _ meter: RequestMeter, _ mailbox: EventMailbox) async {
        do {
            for try await var event in stream {
                event.choice += firstChoice
                meter.record(event)
                mailbox.put(event)
            }
            if Task.isCancelled { mailbox.fail(.requestCancelled) }
            mailbox.closeStream()
        } catch {
            mailbox.fail(APIError(error))
        }
    }
}
