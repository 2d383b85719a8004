/// Why there is no configuration to run with. `code` is closed and safe as a label; `message` names the mistake and the
/// way out, and for a file that is wrong lists every finding, one a line.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// There is no file at this path.
        case missing
        case unreadable
        /// The file, the environment or a flag says something that cannot be.
        case invalid
        case cannotWrite = "cannot_write"
    }
    package let code: Code
    package let message: String
    /// What is wrong with the settings, in the order of the file; empty unless `code` is `invalid`.
    package let findings: [ConfigurationFinding]

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        findings = []
    }

    init(findings: [ConfigurationFinding]) {
        code = .invalid
        self.findings = findings
        message = findings.map(\.description).joined(separator: "\n")
    }

    package var description: String { message }
}

/// One thing that is wrong with the settings, printed as compilers print theirs, so that editors can jump to it.
package struct ConfigurationFinding: Sendable, Equatable, CustomStringConvertible {
    package var origin: SettingOrigin
    /// The key's path, as in `services.llama.scale.max`; empty when the text is no YAML.
    package var path: String
    /// What is wrong, and the way out.
    package var message: String

    package var description: String {
        (["\(origin.location)"] + (path.isEmpty ? [] : [path]) + [message]).joined(separator: ": ")
    }
}

/// Why one value cannot be taken; the caller knows where the value stands.
struct Complaint: Error {
    let message: String

    init(_ message: String) { self.message = message }
}
