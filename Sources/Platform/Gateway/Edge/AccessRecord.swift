import Logging
import NIOCore
import Observability

/// What is known of a request when it has ended: its line in the log and its part in the counters.
struct AccessRecord {
    /// nginx's status for a client that left before there was an answer.
    static let clientGone = 499

    var status = 0
    /// Of the answer's body.
    var bytes = 0
    var service: String?
    var instance: String?
    var attempts = 0
    var waited: TimeAmount?
    var timeToFirstToken: TimeAmount?
    var promptTokens = 0
    var generatedTokens = 0
    /// A code of the closed list; nil: all went well.
    var error: String?
    /// Programs poll: no line, no count.
    var isPolled = false

    func metadata(_ exchange: Exchange, duration: TimeAmount) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            LogKey.requestID: "\(exchange.id)", LogKey.method: "\(exchange.method.rawValue)",
            LogKey.path: "\(Self.shown(exchange.path))", LogKey.status: "\(status)", "bytes": "\(bytes)",
            LogKey.milliseconds: "\(duration.milliseconds)",
            "caller": "\(exchange.caller?.id ?? exchange.peer.description)",
        ]
        if let service { metadata["service"] = "\(service)" }
        if let instance { metadata["instance"] = "\(instance)" }
        if attempts > 1 { metadata["attempts"] = "\(attempts)" }
        if let waited { metadata["waited_ms"] = "\(waited.milliseconds)" }
        if let timeToFirstToken { metadata["ttft_ms"] = "\(timeToFirstToken.milliseconds)" }
        if promptTokens > 0 { metadata["prompt_tokens"] = "\(promptTokens)" }
        if generatedTokens > 0 { metadata["generated_tokens"] = "\(generatedTokens)" }
        if let error { metadata[LogKey.code] = "\(error)" }
        return metadata
    }

    /// A path without its secrets: a long part, such as the token of a shared chat, is all that one needs to see it.
    static func shown(_ path: String) -> String {
        path.prefix(200).split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.utf8.count > Limits.shownPathPart ? $0.prefix(6) + "…" : $0 }.joined(separator: "/")
    }
}

extension TimeAmount {
    /// With three decimals, as text; a Double's own would have up to seventeen.
    var milliseconds: String {
        let microseconds = max(0, nanoseconds / 1_000)
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    var seconds: Double { Double(nanoseconds) / 1e9 }
}
