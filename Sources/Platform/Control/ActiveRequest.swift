internal import Autoscaling
internal import Routing

/// A request between `submit` and `finish`.
struct ActiveRequest: Sendable {
    enum Phase: Sendable {
        case queued(FairQueue<RequestID>.Ticket)
        /// The instance's number.
        case dispatched(Int)
        /// It was told so; its end is still to be reported.
        case refused
    }
    /// Index of its service.
    let service: Int
    /// Of arrival, over all requests.
    let order: UInt64
    let affinity: UInt64?
    var phase = Phase.refused
    var attempts = 0
    /// Instances in a row that lost it before they gave a token.
    var fruitlessAttempts = 0
    /// Since when it waits, this time.
    var enqueuedAt: Duration
    var dispatchedAt: Duration
    /// Requests on its instance when it came there, itself included.
    var concurrency = 0
    /// Tokens that it gave on instances that it lost.
    var tokensBefore = 0
    /// Tokens that it gave on this one.
    var tokens = 0
    var story: RequestExplanation

    init(_ arrival: RequestArrival, service: Int, order: UInt64, now: Duration) {
        self.service = service
        self.order = order
        affinity = arrival.affinity
        enqueuedAt = now
        dispatchedAt = now
        story = RequestExplanation(arrival: arrival, now: now)
    }

    /// What has to be read before it goes on: what it gave before is read too.
    var promptTokens: Int { story.size.promptTokens + tokensBefore }
    /// Of tokens given on one instance, those within what it asked for: what a caller says may be more.
    func counted(_ tokens: Int) -> Int {
        min(tokens, max(0, story.size.maximumTokens * story.size.choices - tokensBefore))
    }
    /// The most that it may still give.
    var remaining: Int { max(0, story.size.maximumTokens * story.size.choices - tokensBefore - tokens) }
    /// Tokens that serving it takes at most.
    var work: Int { story.size.promptTokens + story.size.maximumTokens * story.size.choices }

    /// Its instance failed it: what it gave there is part of what the next one reads.
    mutating func lost(because loss: InstanceLoss) {
        if let last = story.attempts.indices.last { story.attempts[last].loss = loss }
        let given = max(tokens, loss.deliveredTokens)
        fruitlessAttempts = given > 0 ? 0 : fruitlessAttempts + 1
        tokensBefore += given
        tokens = 0
    }

    /// Notes a hand-over and answers which attempt it is.
    mutating func begin(_ attempt: RequestExplanation.Attempt, decision: String) -> Int {
        attempts += 1
        phase = .dispatched(attempt.instance)
        dispatchedAt = attempt.at
        if story.attempts.count < Limits.storyLength { story.attempts.append(attempt) }
        story.decisionWhenDispatched = decision
        return attempts
    }
}

extension QueuedWork {
    mutating func add(_ request: ActiveRequest) {
        requests += 1
        promptTokens += request.promptTokens
        maximumTokens += request.remaining
    }

    mutating func subtract(_ request: ActiveRequest) {
        requests -= 1
        promptTokens -= request.promptTokens
        maximumTokens -= request.remaining
    }
}

extension RequestOutcome {
    var usage: TokenUsage {
        switch self {
        case .completed(let usage, _, _), .clientGone(let usage), .failed(let usage, _): usage
        }
    }
}
