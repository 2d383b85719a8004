import Engine
import OpenAIAPI

/// What a streamed answer looks like: turns the engine's events into blocks of server-sent events.
///
/// The blocks are a function of the tokens: one chunk for each token that yields text, in canonical order. However the
/// events come, and wherever an answer was cut and continued, the bytes are the same; but for the number of cached
/// tokens in the usage, which tells how the answer was made.
struct StreamBlocks {
    private let encoder: StreamEncoder
    private let relay: RelayOptions
    private let includesUsage: Bool
    private let openings: [String]
    private let prompts: PromptCount
    private var finishes: [GenerationEvent.Finish?]
    private var order: CanonicalOrder
    private var completionTokens: Int

    init(_ answer: StreamedAnswer) {
        encoder = answer.encoder
        relay = answer.relay
        includesUsage = answer.includesUsage
        openings = answer.openings
        prompts = answer.generation.prompts
        finishes = Array(repeating: nil, count: prompts.choices)
        order = CanonicalOrder(choices: prompts.choices, resumed: answer.relay.resume?.resumedChoices ?? [])
        completionTokens = answer.relay.resume?.tokenCount ?? 0
    }

    /// The chunks that come before any token: who speaks, and what answers start with.
    ///
    /// One for each choice, so that a cut cannot come between its parts.
    func appendStart(to buffer: inout [UInt8]) {
        let started = relay.resume.map { $0.started ?? prompts.choices } ?? 0
        for choice in 0..<prompts.choices where choice >= started {
            let opening = openings.isEmpty ? "" : openings[choice]
            guard encoder.style == .chat || !opening.isEmpty else { continue }
            if relay.carriesTokens { StreamComments.appendStarted(choice: choice, to: &buffer) }
            encoder.appendStart(opening, choice: choice, to: &buffer)
        }
    }

    /// Takes events and appends what they make ready.
    mutating func append(_ events: [GenerationEvent], to buffer: inout [UInt8]) {
        for event in events {
            order.add(event)
            while let event = order.next() { append(event, to: &buffer) }
        }
    }

    private mutating func append(_ event: GenerationEvent, to buffer: inout [UInt8]) {
        completionTokens += event.tokens.count
        if relay.carriesTokens && !event.tokens.isEmpty {
            StreamComments.appendTokens(event.tokens.lazy.map(\.rawValue), choice: event.choice, to: &buffer)
            if event.text.isEmpty && event.finish == nil { StreamComments.endBlock(&buffer) }
        }
        if !event.text.isEmpty { encoder.appendText(event.text, choice: event.choice, to: &buffer) }
        if let finish = event.finish {
            finishes[event.choice] = finish
            if relay.carriesTokens { StreamComments.appendFinished(choice: event.choice, to: &buffer) }
            encoder.appendFinish(
                FinishReason(finish.reason), stopReason: finish.matchedStop, choice: event.choice, to: &buffer)
        }
    }

    /// The end of a complete answer.
    func appendEnd(to buffer: inout [UInt8]) throws(APIError) {
        guard order.isFinished else { throw .unfinishedAnswer }
        let usage = prompts.usage(completionTokens: completionTokens, finishes: finishes)
        let sendsUsage = includesUsage && relay.resume?.usageSent != true
        if relay.carriesTokens { StreamComments.appendUsage(usage, to: &buffer) }
        if sendsUsage {
            encoder.appendUsage(usage, to: &buffer)
        } else if relay.carriesTokens {
            StreamComments.endBlock(&buffer)
        }
        StreamEncoder.appendDone(to: &buffer)
    }
}
