/// What can go wrong between a terminal and an engine. `code` is closed and safe as a label; `message` names the
/// mistake and the way out.
package struct TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case engineFailed = "engine_failed"
        case requestRefused = "request_refused"
        case connectionLost = "connection_lost"
        case system
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
