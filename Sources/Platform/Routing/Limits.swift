/// The bounds of queueing and routing.
enum Limits {
    /// Tokens of work that a tenant may have served each time that its turn comes. Small beside a prompt, so that a
    /// tenant with long requests waits several turns and others pass.
    static let workPerTurn = 512
    /// The most work that one request counts for. It bounds the turns that are passed over until a request fits, and
    /// so the time that taking one takes: sixteen turns for each request, on average over any number of them.
    static let workPerRequest = 16 * workPerTurn
    /// How far above the mean load the instance may be that a request's affinity names, as in consistent hashing with
    /// bounded loads (Mirrokni, Thorup, Zadimoghaddam 2018).
    static let affinityLoadFactor = 1.25
    /// Requests that an instance may always have before its affinity is overruled: with two or three requests in all,
    /// the mean is below one and would move every conversation.
    static let affinityLoadSlack = 2
    /// Tokens a second until something is measured; of the order of a small model on two cores.
    static let assumedPrefillRate = 200.0
    /// Time that one more running sequence costs the others, until something is measured.
    static let assumedStepSeconds = 0.02
    /// The share of a new measurement in a learnt rate: about the last ten requests count.
    static let learningShare = 0.1
}
