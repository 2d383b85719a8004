/// Bounds of metering, each with its reason.
package enum Limits {
    /// How long an entry waits for others to be committed with. A killed process loses at most this much.
    package static let commitInterval = Duration.milliseconds(100)
    /// So many entries are committed at once, whatever their age: at 10,000 requests a second, twenty commits.
    package static let commitEntries = 500
    /// Entries of one transaction. It holds the write lock for about 10 µs each, and other processes wait meanwhile.
    package static let transactionEntries = 5_000
    /// Request entries kept while the database cannot be written, at about 400 bytes each: an hour at 50 requests a
    /// second.
    package static let pendingRequests = 200_000
    /// Spans and terms kept beyond that. They are few, and worth more than one request.
    package static let pendingOthers = 20_000
    /// Between attempts to write, from the first to the longest.
    package static let firstBackOff = Duration.milliseconds(100)
    package static let longestBackOff = Duration.seconds(5)
    /// How often open spans are written: what a killed platform may leave out of the bill, for each instance.
    package static let heartbeat = Duration.seconds(10)
    /// A wall clock that is ahead by less is not worth a new span, in microseconds; clocks are slewed all the time.
    static let clockSlack = 1_000_000
    /// Bytes of an entry's texts; some come from clients. Longer ones are cut.
    static let textBytes = 256
    /// Seconds of any time or duration: about 3,000 years, whose microseconds fit 64 bits.
    static let seconds = 1e11
    /// The most that an instance's hour may cost, in units of its currency.
    static let pricePerHour = 1e9
    /// Days of one bill: ten years.
    package static let billDays = 3_660
    /// The writer's niceness, of 19: it gets what others leave, and still a share when they leave nothing.
    static let writerNiceness: Int32 = 5
    /// Entries that are written at a stretch, which takes some 150 µs, and the pause after them.
    static let entriesBetweenPauses = 16
    static let pauseMicroseconds: UInt32 = 100
}
