/// The engine's limits and why they are what they are.
package enum Limits {
    /// Beyond this a step's matrix products are bound by arithmetic and more sequences only slow each other down.
    package static let runningSequences = 64
    /// Tokens of prompts in a step: enough to keep the arithmetic units busy, and not so many that activations leave
    /// the nearer caches.
    package static let promptTokens = 128...512
    /// How long a step should take at most, in seconds, while neighbours wait for their next token.
    package static let stepSeconds = 0.1
    /// The attention tasks of a step must fit a parallel region's 16-bit task numbers.
    package static let largestStepTokens = 1024
    /// More threads than any machine of today has cores.
    package static let threads = 256
    /// About what one machine can serve before its clients give up.
    package static let waitingSequences = 1024
    /// The share of the free memory that keys and values take when nobody says otherwise.
    package static let kvMemoryShare = 0.25
    /// The huge pages of x86-64, and those of AArch64 over pages of 4 KiB: what is read from disk with one request.
    package static let hugePageBytes: UInt = 2 << 20
    /// Enough requests on their way for a disk's full speed.
    package static let readAheadThreads = 4
}
