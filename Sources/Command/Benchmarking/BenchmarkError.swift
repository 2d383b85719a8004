import Reports

/// What keeps a load from being measured at all. `code` is closed; `message` names the mistake and the way out.
package struct BenchmarkError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case invalidSetting = "invalid_setting"
        case unreachable
        case unauthorized
        case unknownModel = "unknown_model"
        case refused
        case unreadable
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        // Servers' own words may stand in it.
        self.message = ForeignText.line(message)
    }

    package var description: String { message }
}
