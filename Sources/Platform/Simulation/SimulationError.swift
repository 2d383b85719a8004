/// Why a simulation could not run.
package struct SimulationError: Error, Sendable {
    package enum Code: String, Sendable {
        case unreadableTrace = "unreadable_trace"
        case invalidSetting = "invalid_setting"
    }
    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
