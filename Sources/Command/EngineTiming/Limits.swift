/// Bounds of timing, each with its reason.
enum Limits {
    /// Bytes that the memory probe reads for each thread: many times the largest caches of a core's share.
    static let probeBytesPerThread = 256 << 20
    /// Memory that is left alone, so that the probe never pushes a machine into swapping.
    static let sparedBytes = 1 << 30
    /// Runs of a probe. Its best one counts, because a limit is what the machine can do undisturbed.
    static let probeRuns = 5
    /// Seconds of one run: hundreds of times the system's slices of time.
    static let probeSeconds = 0.12
    /// Threads that a probe can start.
    static let threads = 256
}
