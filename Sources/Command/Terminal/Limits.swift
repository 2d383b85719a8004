/// Bounds of the terminal chat, each with its reason.
enum Limits {
    /// The longest server-sent line accepted, in bytes. A chunk of one token is below 1 KiB; an error with a long
    /// message is below this.
    static let eventBytes = 1 << 20
    /// Engine log lines kept to explain a failure: what fits a screen.
    static let logLines = 20
    /// The longest engine log line that is read, in bytes.
    static let logLineBytes = 64 * 1024
    /// The longest error body read from a server, in bytes.
    static let errorBodyBytes = 64 * 1024
    /// How long an engine may take to become healthy. Loading maps a file, so minutes mean that it hangs.
    static let engineStartSeconds = 120
    /// How long an engine may take to end after its lease is closed, before it is killed.
    static let engineEndSeconds = 5
}
