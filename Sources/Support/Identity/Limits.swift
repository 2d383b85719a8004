/// Bounds of identity, each with its reason.
package enum Limits {
    /// Bytes of a key's name: it stands in tables and logs.
    static let nameBytes = 64
    /// Keys that are not revoked. All are held in memory, at about 300 bytes each.
    static let keys = 10_000
    /// A key's own limit of requests a minute: more than any gateway serves is a slip of the finger.
    static let requestsPerMinute = 1...10_000_000
    /// A longer token is nobody's: it is not even hashed. Ours have 46 bytes at most.
    static let tokenBytes = 256
    /// How often changes by other processes are looked for: four times within the second in which they must be seen.
    static let refreshMilliseconds = 250
    /// How exactly the last use of a key or a session is known, and how often it is written at most, in seconds.
    static let lastUseSeconds = 60

    /// Characters of an account's name, as Unicode counts them: one line of a list on a phone.
    static let accountNameScalars = 64
    /// Accounts: administrators read all of them on one page.
    static let accounts = 10_000
    /// What NIST SP 800-63B asks of a password at least; guessing is slowed down besides.
    package static let passwordScalars = 8
    /// Whole sentences fit; hashing more would be work for nothing.
    static let passwordBytes = 1_024
    /// Pages' settings with dozens of prompts fit, and every answer about the account carries them.
    package static let preferencesBytes = 64 << 10
    /// How long a session lasts after its last use: who comes once a month stays signed in.
    package static let sessionSeconds = 30 * 86_400
    /// Browsers of one account; a further one ends the one that was used the longest ago.
    static let sessionsPerAccount = 100
    /// What is kept of a browser's name for itself; the real ones have about 120 bytes.
    static let agentScalars = 256
    /// Invitations that wait to be used.
    static let invitations = 1_000
    /// A word on whom an invitation is for.
    static let noteScalars = 200
    /// How long an invitation lasts if nobody says: somebody on holiday finds it in time.
    static let invitationSeconds = 7 * 86_400
    /// The longest that an invitation may last: a link that is forgotten must end some day.
    static let longestInvitationSeconds = 366 * 86_400
    /// How long an expired invitation stays in the list.
    static let expiredInvitationSeconds = 30 * 86_400
    /// Passwords that wait to be hashed: four seconds of work on two cores. Further ones are sent away at once.
    static let waitingHashes = 48
    /// Passwords hashed at a time at most, on however many cores: each takes 32 MiB.
    static let hashesAtATime = 4
    /// Names, and addresses, whose failed attempts are remembered: about 3 MB when full.
    package static let throttledKeys = 10_000
}
