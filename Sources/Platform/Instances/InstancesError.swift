/// What can go wrong when instances are run. `code` is closed and safe as a label; `message` names the mistake and the
/// way out.
package struct InstancesError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case commandNotFound = "command_not_found"
        case commandNotExecutable = "command_not_executable"
        case noPort = "no_port"
        case unsafeFolder = "unsafe_folder"
        case unknownUser = "unknown_user"
        case invalidSpecification = "invalid_specification"
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
