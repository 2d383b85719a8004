/// Bounds of identity, each with its reason.
enum Limits {
    /// Bytes of a key's name: it stands in tables and logs.
    static let nameBytes = 64
    /// Keys that are not revoked. All are held in memory, at about 300 bytes each.
    static let keys = 10_000
    /// A key's own limit of requests a minute: more than any gateway serves is a slip of the finger.
    static let requestsPerMinute = 1...10_000_000
    /// A longer token is nobody's: it is not even hashed. Ours have 46 bytes.
    static let tokenBytes = 256
    /// How often changes by other processes are looked for: four times within the second in which they must be seen.
    static let refreshMilliseconds = 250
    /// How exactly the last use of a key is known, and how often it is written at most, in seconds.
    static let lastUseSeconds = 60
}
