/// The loads of one service's instances, and the choice among them.
///
/// An instance that may not get requests (it starts, drains, is not healthy) is in no figure: neither in a sum, nor in
/// a mean, nor among the candidates. All else follows from the loads alone, so the same history gives the same choice.
package struct InstancePool: Sendable {
    /// Requests that one instance gets at a time.
    package var concurrency: Int
    package private(set) var members: [InstanceLoad] = []
    package private(set) var rates = ServiceRates()

    package init(concurrency: Int) { self.concurrency = concurrency }

    package mutating func add(_ number: Int) { members.append(InstanceLoad(number: number)) }
    package mutating func remove(_ number: Int) { members.removeAll { $0.number == number } }

    package subscript(number: Int) -> InstanceLoad? { index(of: number).map { members[$0] } }

    package mutating func setEligible(_ number: Int, _ isEligible: Bool) {
        if let index = index(of: number) { members[index].isEligible = isEligible }
    }

    /// At least one instance would take a request now.
    package var hasRoom: Bool { members.contains { $0.isEligible && $0.inFlight < concurrency } }
    package var hasEligible: Bool { members.contains(where: \.isEligible) }

    /// Hands a request to an instance; answers how many it has then.
    @discardableResult
    package mutating func begin(_ number: Int, promptTokens: Int, mayGenerate: Int) -> Int {
        guard let index = index(of: number) else { return 0 }
        members[index].inFlight += 1
        members[index].pendingPromptTokens += promptTokens
        members[index].remainingTokens += mayGenerate
        return members[index].inFlight
    }

    /// A request gave tokens. `promptTokens` are those of its prompt when they are its first.
    package mutating func generated(_ number: Int, tokens: Int, promptTokens: Int) {
        guard let index = index(of: number) else { return }
        members[index].pendingPromptTokens -= promptTokens
        members[index].generatedTokens += tokens
        members[index].remainingTokens -= tokens
    }

    /// A request left: what of it still weighed on the instance goes with it. Answers how many stay.
    package mutating func end(
        _ number: Int, pendingPrompt: Int, generated: Int, remaining: Int, isDone: Bool
    ) -> Int {
        guard let index = index(of: number) else { return 0 }
        members[index].inFlight -= 1
        members[index].pendingPromptTokens -= pendingPrompt
        members[index].generatedTokens -= generated
        members[index].remainingTokens -= remaining
        if isDone { members[index].processed += 1 }
        return members[index].inFlight
    }

    package mutating func learn(prefillTokens: Int, seconds: Double) {
        rates.learn(prefillTokens: prefillTokens, seconds: seconds)
    }

    package mutating func learn(decodedTokens: Int, seconds: Double, concurrency: Int) {
        rates.learn(decodedTokens: decodedTokens, seconds: seconds, concurrency: concurrency)
    }

    package func index(of number: Int) -> Int? { members.firstIndex { $0.number == number } }
}

/// What weighs on one instance.
package struct InstanceLoad: Sendable, Equatable {
    package var number: Int
    package var isEligible = false
    package var inFlight = 0
    /// Prompt tokens of requests that gave no token yet.
    package var pendingPromptTokens = 0
    /// Tokens that the requests in flight have given.
    package var generatedTokens = 0
    /// The most that they may still give.
    package var remainingTokens = 0
    /// Requests that it finished.
    package var processed = 0

    package init(number: Int) { self.number = number }
}

/// How fast a service's instances are, learnt from the requests that they finished.
package struct ServiceRates: Sendable, Equatable {
    /// Prompt tokens a second.
    package private(set) var prefill = Limits.assumedPrefillRate
    /// What one more running sequence adds to a step, in seconds.
    package private(set) var stepSeconds = Limits.assumedStepSeconds

    mutating func learn(prefillTokens: Int, seconds: Double) {
        guard prefillTokens > 0, seconds > 0 else { return }
        prefill += (Double(prefillTokens) / seconds - prefill) * Limits.learningShare
    }

    mutating func learn(decodedTokens: Int, seconds: Double, concurrency: Int) {
        guard decodedTokens > 0, seconds > 0, concurrency > 0 else { return }
        let measured = seconds / Double(decodedTokens) / Double(concurrency)
        stepSeconds += (measured - stepSeconds) * Limits.learningShare
    }
}
