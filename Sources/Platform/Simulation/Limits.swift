/// Bounds of the simulation, each with its reason.
enum Limits {
    /// The largest trace file: a hundred times the published ones.
    static let traceBytes = 512 << 20
    /// A million requests replay in a minute; more is a matter of patience and memory.
    static let tracedRequests = 1_000_000
    /// The longest prompt or answer of one request: ten times the longest context in use.
    static let tokensOfRequest = 10_000_000
    /// The latest time in a trace, some thirty thousand years, so that sums of times stay exact to the millisecond.
    static let latestMilliseconds = 1e15
    /// Requests that may wait in the activator, as `queue` of a service.
    static let queuedRequests = 10_000
    /// Instances that can be asked for: what a look at every instance at every event still bears.
    static let instances = 1_000
    /// A start takes a day at most.
    static let longestStart = 86_400.0
    /// A week of idling costs what an always-on instance does; a longer one is a mistake.
    static let longestIdle = 604_800.0
    /// Tokens a second from a slow processor's to beyond any machine's.
    static let rates = 0.01...1e7
}
