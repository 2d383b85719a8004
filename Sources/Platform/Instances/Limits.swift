/// Bounds of what an instance can cost its owner, each with its reason.
package enum Limits {
    // Health.

    /// How long a probe of a local instance may take. One that answers later hangs, for whoever waits for it.
    package static let probeTimeout = Duration.seconds(2)
    /// The same for a remote API: a name look-up and a TLS handshake may cross an ocean.
    package static let remoteProbeTimeout = Duration.seconds(3)
    /// Bytes of a status line. The longest registered reason phrase makes 50.
    static let statusLineBytes = 256
    /// Bytes of an answer that are read and dropped, so that a well-behaved instance can end its answer in peace.
    static let probeAnswerBytes = 16 << 10
    /// How long the rest of an answer is waited for.
    static let probeLinger = Duration.milliseconds(500)
    /// Between probes of a ready instance.
    static let readyPause = Duration.seconds(2)
    /// After a failed probe, so that a dead instance is known within seconds.
    static let retryPause = Duration.milliseconds(250)
    /// Failed probes in a row that make an instance unhealthy: one may be the machine's fault.
    static let failuresUntilUnhealthy = 3
    /// Between probes of a remote API: requests tell of its health too, and somebody pays for each probe.
    static let remotePause = Duration.seconds(10)
    /// Between probes of an instance that starts, at first: a native engine is ready in milliseconds.
    static let nativeStartPause = Duration.milliseconds(2)
    /// The same for any other program: interpreters alone take longer.
    static let commandStartPause = Duration.milliseconds(20)
    /// Between probes of an instance that starts, at the most.
    static let longestStartPause = Duration.seconds(1)
    /// Probes of a native engine at its first pace: for a second. Then the pace slows, for every program.
    static let eagerProbes = 500

    // Ends.

    /// What an instance gets beyond its grace period until it is killed: the time to say goodbye.
    static let killDelay = Duration.seconds(2)
    /// How long `pronk keep` may take to kill what it keeps, until it is killed itself: on a busy machine, with
    /// processes that fork away, seconds. While it lives, nothing can escape it.
    static let keeperEnd = Duration.seconds(10)
    /// The grace of a kept program whose owner is gone: nobody waits for its answers.
    static let leaseGrace = Duration.seconds(2)
    /// How long processes of a dead keeper are looked for: they may fork while they are searched.
    static let sweep = Duration.seconds(10)
    /// Looks in a row that find none of them, until they are taken to be gone: one may have missed some that forked.
    static let emptySweeps = 2

    /// How often a keeper looks for new orphans before it looks at all processes again.
    static let orphanRounds = 50

    // Resources of kept programs.

    /// Open files. A server with thousands of connections; far below what a machine has.
    static let files: UInt64 = 65_536
    /// A process may map twice the memory that it may use, because what is mapped is not all used; the sum in use is
    /// looked at several times a second.
    static let mappedPerUsed: UInt64 = 2
    /// Between looks at the memory in use.
    static let memoryLookPause = Duration.milliseconds(250)

    // Logs.

    /// Bytes of a line; the rest is cut. Longer ones are dumps, not messages.
    static let logLineBytes = 16 << 10
    /// Bytes of one file.
    package static let logFileBytes = 8 << 20
    /// Files of one instance: 40 MB at the most.
    package static let logFiles = 5
    /// Lines kept to explain an end.
    static let lastLines = 3
    /// Bytes of each of them: an answer to a client carries them.
    static let lastLineBytes = 300
    /// Lines that one read of a log returns at the most; it is held in memory.
    package static let tailLines = 100_000
    /// Bytes read at a time.
    static let readBytes = 64 << 10
    /// Between looks for new lines of a followed log.
    static let followPause = Duration.milliseconds(100)

    // Sockets.

    /// Bytes of a Unix socket's path: the size of `sun_path` on Linux, less the terminating zero.
    static let socketPathBytes = 107
    /// Bytes of the folder's path, so that a name of 40 fits.
    static let socketFolderBytes = 66
    /// Ports tried until the system is asked for any.
    static let portTries = 64
    /// The lowest port given to an instance; those below belong to well-known services.
    static let lowestPort = 20_000
}
