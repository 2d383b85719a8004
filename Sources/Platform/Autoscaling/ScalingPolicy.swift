/// Decides how many instances a service should have.
///
/// A value type without a clock: `now` is the time since any fixed origin, which only ever grows. The control plane
/// records what happens and asks at every change of the queue and at `ScalingDecision.nextCheck`.
package protocol ScalingPolicy: Sendable {
    mutating func record(_ event: LoadEvent, now: Duration)
    mutating func decide(_ fleet: FleetView, now: Duration) -> ScalingDecision
}

/// What a policy may learn from.
package enum LoadEvent: Sendable, Equatable {
    case arrived(RequestSize)
    /// A request was handed to an instance after `waited` in the activator's queue.
    case dispatched(waited: Duration)
    case finished(RequestCost)
    /// An instance became ready, `after` it was asked to start.
    case instanceReady(after: Duration, tier: StartTier)
    case instanceFailed
}

/// What a request asks for, as far as that is known before it runs.
package struct RequestSize: Sendable, Equatable {
    /// Estimated from the bytes of the prompt where no tokenizer is at hand.
    package var promptTokens: Int
    /// `max_tokens`.
    package var maximumTokens: Int
    /// `n`.
    package var choices: Int

    package init(promptTokens: Int, maximumTokens: Int, choices: Int = 1) {
        self.promptTokens = promptTokens
        self.maximumTokens = maximumTokens
        self.choices = choices
    }
}

/// What a request took.
package struct RequestCost: Sendable, Equatable {
    package var promptTokens: Int
    /// Over all choices.
    package var generatedTokens: Int
    /// From the hand-over to an instance to its first token; nil when it gave none.
    package var timeToFirstToken: Duration?
    /// From the hand-over to the end.
    package var duration: Duration
    /// Requests on the same instance when it was handed over, itself included.
    package var concurrency: Int

    package init(
        promptTokens: Int, generatedTokens: Int, timeToFirstToken: Duration?, duration: Duration, concurrency: Int
    ) {
        self.promptTokens = promptTokens
        self.generatedTokens = generatedTokens
        self.timeToFirstToken = timeToFirstToken
        self.duration = duration
        self.concurrency = concurrency
    }
}

/// How far an instance's start has to go; each tier has a time-to-ready of its own.
package enum StartTier: String, Sendable, CaseIterable, Codable {
    /// The weights are in the page cache: an instance ran here a short time ago.
    case warm
    /// The weights have to be read from the disk.
    case cold
}
