/// How one request ended.
package enum Outcome: Sendable, Equatable {
    case answered
    case failed(Failure)
    /// The measurement ended before the answer did.
    case cancelled
}

/// Why a request failed. `kind` is a closed set of labels; the message is the server's own or the system's.
package struct Failure: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable, Hashable {
        /// No connection.
        case unreachable
        /// A status other than 200.
        case status(Int)
        /// Not finished within the time limit.
        case timeout
        /// The connection was closed before the answer was complete.
        case connectionLost
        /// An error in the middle of the stream.
        case errorEvent
        /// An answer that is no stream of events.
        case unreadable
        /// A complete answer without a single token.
        case empty

        package var label: String {
            switch self {
            case .unreachable: "unreachable"
            case .status(let code): "http_\(code)"
            case .timeout: "timeout"
            case .connectionLost: "connection_lost"
            case .errorEvent: "error_event"
            case .unreadable: "unreadable"
            case .empty: "empty"
            }
        }
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = String(message.prefix(Limits.messageCharacters))
    }
}

/// A request with what became of it. Times are nanoseconds of the monotonic clock.
package struct Exchange: Sendable {
    package var request: PlannedRequest
    /// When it should have been sent, from which latencies count; in a closed loop, when it was.
    package var planned: UInt64
    package var sent: UInt64
    package var ended: UInt64
    package var outcome: Outcome
    package var firstText: UInt64?
    package var lastText: UInt64?
    /// Microseconds between pieces of text.
    package var gaps: [UInt32]
    package var pieces: Int
    /// By the server's count, if it tells.
    package var promptTokens: Int?
    package var outputTokens: Int?

    package init(
        request: PlannedRequest, planned: UInt64, sent: UInt64, ended: UInt64, outcome: Outcome, reader: AnswerReader
    ) {
        self.request = request
        self.planned = planned
        self.sent = sent
        self.ended = ended
        self.outcome = outcome
        firstText = reader.firstText
        lastText = reader.lastText
        gaps = reader.gaps
        pieces = reader.pieces
        promptTokens = reader.promptTokens
        outputTokens = reader.outputTokens
    }
}
