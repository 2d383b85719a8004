/// Bounds of measuring, each with its reason.
package enum Limits {
    /// Clients at a time: each holds a connection, and two thousand are more than one machine's engines batch.
    package static let clients = 2_048
    /// Requests under way in an open loop. One that finds no room waits, and its wait counts.
    package static let inFlight = 4_096
    /// Requests of one load: a day of two a second.
    package static let requests = 200_000
    /// Requests a second: beyond any engine's.
    package static let rate = 10_000.0
    /// A load takes a day at most.
    package static let seconds = 86_400.0
    /// Tokens of a prompt or an answer: ten times the longest context in use.
    package static let tokens = 1_000_000
    /// The longest error body that is read, in bytes.
    static let errorBytes = 64 << 10
    /// Characters of an error message that a report shows.
    static let messageCharacters = 300
    /// Points of a load that are kept for the scatter plot; more would only be drawn over each other.
    static let points = 2_000
    /// Failures without a single answer after which a load ends: nothing is there to be measured.
    static let failuresInARow = 100
    /// How long a connection may take to open, in seconds.
    static let connectSeconds: Int64 = 10
    /// Kept connections are closed after this many seconds, before common servers (uvicorn: five) do so themselves.
    static let idleConnectionSeconds: Int64 = 3
    /// The longest latency that histograms hold, in microseconds: a day.
    static let latencyMicroseconds: UInt64 = 86_400_000_000
    /// Rounds of a comparison.
    package static let rounds = 1_000
    /// Processes of one tree whose memory is summed.
    static let processes = 4_096
}
