import Foundation

/// One server-sent event as it goes out.
enum SiteEvent {
    static func bytes(_ name: String, _ data: some Encodable) -> [UInt8] {
        // JSON has no line end outside of its texts, and inside them it is escaped.
        Array("event: \(name)\ndata: ".utf8) + SiteJSON.encode(data) + Array("\n\n".utf8)
    }

    /// Keeps proxies from cutting the stream, and shows that the client is gone.
    static let heartbeat = Array(": keep-alive\n\n".utf8)
    /// How soon a page that lost the stream opens it again, in milliseconds.
    static let opening = Array("retry: 1000\n\n".utf8)

    struct Models: Encodable { var models: [ModelState] }
    struct Snapshot: Encodable { var message: MessageRecord }
    struct Ended: Encodable { var message: MessageRecord }
    struct Changed: Encodable { var chat: ChatRecord }
    struct Removed: Encodable { var chat: String }
    struct SignedOut: Encodable {}
    struct Delta: Encodable {
        var message: String
        var chat: String
        var at: Int
        var text: String
    }
    struct Progress: Encodable {
        var message: String
        var chat: String
        var state: String
        var percent: Int?
        var remaining: Int?
        var queued: Int

        init(message: String, chat: String, _ state: WakeState) {
            self.message = message
            self.chat = chat
            self.state = state.state
            percent = state.percent
            remaining = state.remaining
            queued = state.queued
        }
    }
}
