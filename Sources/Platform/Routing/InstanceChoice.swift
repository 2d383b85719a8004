/// The instance that a request goes to, and why.
package struct InstanceChoice: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// No other had room.
        case onlyOne = "only_one"
        case leastWait = "least_wait"
        /// Requests of the same conversation or prefix go there, and its load allows it.
        case affinity
    }
    package var number: Int
    package var reason: Reason
    /// Seconds until the first token, as predicted.
    package var wait: Double
}

/// One candidate's figures, for whoever wants to know why.
package struct CandidateScore: Sendable, Equatable {
    package var number: Int
    package var inFlight: Int
    /// Seconds until the first token, as predicted, without the request's own prompt.
    package var wait: Double
    /// Requests of this conversation or prefix belong here.
    package var isHome: Bool

    package init(number: Int, inFlight: Int, wait: Double, isHome: Bool) {
        self.number = number
        self.inFlight = inFlight
        self.wait = wait
        self.isHome = isHome
    }
}

extension InstancePool {
    /// The instance that costs the request the least time; nil when none has room.
    ///
    /// The cost is the predicted wait, and the time of reading the request's own prompt except at its home, where it is
    /// likely in the prefix cache. Ties go to the least load, then to the one that has done the least, then to the
    /// lowest number, so that not every first request of a new conversation lands on the first instance.
    package func choose(affinity: UInt64?, promptTokens: Int) -> InstanceChoice? {
        let home = affinity.flatMap { self.home(of: $0) }
        let ownPrompt = home == nil ? 0 : Double(promptTokens) / rates.prefill
        var best: InstanceLoad?
        var bestCost = Double.infinity
        var candidates = 0
        for member in members where member.isEligible && member.inFlight < concurrency {
            candidates += 1
            let cost = wait(of: member) + (member.number == home ? 0 : ownPrompt)
            guard let known = best else {
                (best, bestCost) = (member, cost)
                continue
            }
            let isBetter =
                cost != bestCost
                ? cost < bestCost
                : (member.inFlight, member.processed, member.number) < (known.inFlight, known.processed, known.number)
            if isBetter { (best, bestCost) = (member, cost) }
        }
        guard let best else { return nil }
        let reason: InstanceChoice.Reason =
            candidates == 1 ? .onlyOne : best.number == home ? .affinity : .leastWait
        return InstanceChoice(number: best.number, reason: reason, wait: wait(of: best))
    }

    /// What `choose` sees, by number. For explanations.
    package func scores(affinity: UInt64?) -> [CandidateScore] {
        let home = affinity.flatMap { self.home(of: $0) }
        var scores: [CandidateScore] = []
        scores.reserveCapacity(members.count)
        for member in members where member.isEligible && member.inFlight < concurrency {
            scores.append(
                CandidateScore(
                    number: member.number, inFlight: member.inFlight, wait: wait(of: member),
                    isHome: member.number == home))
        }
        return scores
    }

    /// Seconds until a new request's prompt would be begun: the prompts before it, and the share of the running.
    private func wait(of member: InstanceLoad) -> Double {
        Double(member.pendingPromptTokens) / rates.prefill + Double(member.inFlight) * rates.stepSeconds
    }

    /// Rendezvous hashing (Thaler and Ravishankar 1998) among the instances whose load is within the bound: the
    /// highest weight wins, so an instance that comes or goes moves only the conversations that it gets or had.
    private func home(of affinity: UInt64) -> Int? {
        var total = 0
        var eligible = 0
        for member in members where member.isEligible {
            total += member.inFlight
            eligible += 1
        }
        guard eligible > 1 else { return nil }
        let mean = Double(total + 1) / Double(eligible)
        let bound = max(Limits.affinityLoadSlack, Int((Limits.affinityLoadFactor * mean).rounded(.up)))
        var home: Int?
        var highest: UInt64 = 0
        for member in members where member.isEligible && member.inFlight < min(bound, concurrency) {
            let weight = Self.mix(affinity ^ Self.mix(UInt64(bitPattern: Int64(member.number))))
            if home == nil || weight > highest { (home, highest) = (member.number, weight) }
        }
        return home
    }

    /// The finaliser of SplitMix64: every bit of the result depends on every bit of `value`.
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9e37_79b9_7f4a_7c15
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}
