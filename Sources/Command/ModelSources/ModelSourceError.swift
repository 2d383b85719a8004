/// What can go wrong while a model is fetched. `code` is closed and safe as a label; `message` names the mistake and
/// the way out.
package struct ModelSourceError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unknownSource = "unknown_source"
        case toolMissing = "tool_missing"
        case downloadFailed = "download_failed"
        case wrongContent = "wrong_content"
        case fileSystem = "file_system"
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
