/// What keeps an engine from being timed. `code` is closed; `message` names the mistake and the way out.
package struct EngineTimingError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case invalidSetting = "invalid_setting"
        case tooLittleMemory = "too_little_memory"
    }

    package let code: Code
    package let message: String

    package var description: String { message }
}
