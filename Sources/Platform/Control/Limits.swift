/// The bounds of the control plane's decisions.
enum Limits {
    /// Instances in a row that may lose one request without a token of it before it is given up: a request that kills
    /// what it touches must end, one that gets on may go on.
    static let attempts = 8
    /// Starts in a row that fail before those who wait are told that it is hopeless: one may be chance, three are not.
    static let failedStarts = 3
    /// The first delay after a failed start; it doubles with each that follows.
    static let firstBackoff = Duration.milliseconds(500)
    /// The longest: who repairs a service sees it start within a minute.
    static let longestBackoff = Duration.seconds(60)
    /// How long an instance must have served for its end to count as a new misfortune and not as the last one again.
    static let provenService = Duration.seconds(10)
    /// How long an instance that lost a request gets no other, unless its health says otherwise before.
    static let suspicion = Duration.seconds(1)
    /// Losses in a row, with no request finished between them, after which an instance is replaced.
    static let lossesInARow = 3
    /// How long an instance may fail its health checks before it is replaced: longer than a pause for swapping or a
    /// huge prompt, and short beside the time-outs of clients.
    static let unhealthy = Duration.seconds(30)
    /// How often an instance that did not die is killed again.
    static let killAgain = Duration.seconds(10)
    /// The longest that a request waits where instances are ready and all are full. Clients' own time-outs are ten
    /// minutes at most (the `openai` client's), so nobody is there any more to hear a later answer.
    static let longestWait = Duration.seconds(600)
    /// How soon the policy is asked again when requests queue: a burst of thousands is judged in few looks.
    static let urgentLook = Duration.milliseconds(10)
    /// How soon it is asked when requests come and go and none waits.
    static let calmLook = Duration.milliseconds(100)
    /// How often a service that waits for room looks whether others have become idle; most of what gives room is heard
    /// of at once.
    static let roomLook = Duration.seconds(1)
    /// How long an instance may start, in times of the service's coldStart: those who waited have been told, but what
    /// is nearly there serves the next ones.
    static let startsPerColdStart = 2
    /// How long after an instance's end its weights are taken to be in the page cache still.
    static let pagesStay = Duration.seconds(1800)
    /// Ended requests whose story is kept for `pronk explain`: about 5 MB.
    static let explanations = 10_000
    /// Attempts and candidates that one request's story holds.
    static let storyLength = 16
    /// What a caller is told to wait where nothing better is known.
    static let retryAfter = Duration.seconds(5)
    /// The same where other services hold the machine: they do not give it back within seconds.
    static let retryAfterNoRoom = Duration.seconds(30)
    /// Bounds of the histogram of cold starts, in seconds: from a small model's to one read from a slow disk.
    static let coldStartBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
    /// Bounds of the histogram of waits in the queue, in seconds.
    static let waitBounds = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
}
