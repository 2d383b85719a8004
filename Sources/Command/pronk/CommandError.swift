/// A mistake in what a command was asked to do, where its usage would not help. The message names the way out.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ message: String) { description = message }
}
