import Foundation

/// Writes answers to standard output and everything else to standard error.
struct TerminalOutput: Sendable {
    let isInteractive: Bool
    private let usesColor: Bool

    init(isInteractive: Bool) {
        self.isInteractive = isInteractive
        usesColor = isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    /// Throws if nobody reads any more, as in `pronk chat | head -1`.
    func answer(_ text: String) throws {
        let shown = isInteractive ? Self.withoutControls(text) : text
        try FileHandle.standardOutput.write(contentsOf: Data(shown.utf8))
    }

    func note(_ text: String) {
        error(usesColor ? "\u{1B}[2m\(text)\u{1B}[0m\n" : text + "\n")
    }

    func complaint(_ text: String) { error(text + "\n") }

    func prompt() { error("> ") }

    private func error(_ text: String) {
        // Without a standard error there is nowhere to say so.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// A model's words must not move the cursor or rename the window: control characters other than line ends and tabs
    /// are left out.
    static func withoutControls(_ text: String) -> String {
        func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control
        }
        return text.unicodeScalars.allSatisfy(isHarmless)
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.filter(isHarmless)))
    }
}
