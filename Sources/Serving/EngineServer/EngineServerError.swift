/// Why the server cannot start.
package struct EngineServerError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case invalidAddress = "invalid_address"
        case addressInUse = "address_in_use"
        case cannotListen = "cannot_listen"
    }
    package var code: Code
    /// Names the mistake and the way out.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
