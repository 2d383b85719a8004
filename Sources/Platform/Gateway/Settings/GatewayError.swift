/// Why the gateway could not start, or not take new settings.
package struct GatewayError: Error, Sendable {
    package enum Code: String, Sendable {
        case cannotListen = "cannot_listen"
        case invalidCertificate = "invalid_certificate"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
