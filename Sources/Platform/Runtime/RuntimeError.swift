/// Why the platform could not start or go on.
package struct RuntimeError: Error, Sendable {
    package enum Code: String, Sendable {
        case invalidService = "invalid_service"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
