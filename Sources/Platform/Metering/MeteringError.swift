/// Why a bill cannot be made.
///
/// `code` is closed and safe as a metric label; `message` names the mistake and the way out.
package struct MeteringError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case invalidDate = "invalid_date"
        case emptyPeriod = "empty_period"
        case periodTooLong = "period_too_long"
        case unknownService = "unknown_service"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
