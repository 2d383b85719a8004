import HTTPTypes
import OpenAIAPI

/// What a handler decided; the responder writes it.
enum Answer: Sendable {
    case complete(HTTPResponse.Status, contentType: String, body: [UInt8])
    case stream(StreamedAnswer)

    static func json(_ body: some Encodable) throws -> Answer {
        .complete(.ok, contentType: "application/json", body: try JSONBody.encode(body))
    }
}

/// A streamed answer that has been accepted by the engine.
struct StreamedAnswer: Sendable {
    let generation: RunningGeneration
    let encoder: StreamEncoder
    /// Texts with which choices start before any token: the prompt for `echo`, or a thought's opening; else empty.
    let openings: [String]
    let includesUsage: Bool
    let relay: RelayOptions
}

/// One request as the handlers see it.
struct Call: Sendable {
    let requestID: String
    let arrival: ContinuousClock.Instant
    let client: Client
    let body: [UInt8]
}
