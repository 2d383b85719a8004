import Autoscaling
package import Control
package import Metering
import Routing

/// What `GET /api/admin/requests/ID` answers and `pronk explain` prints: one request's story, step by step.
package struct ExplainReport: Codable, Sendable, Equatable {
    package struct Step: Codable, Sendable, Equatable {
        /// Seconds since the request came; nil where it is not told.
        package var at: Double?
        package var text: String

        package init(at: Double?, text: String) {
            self.at = at
            self.text = text
        }
    }
    package var id: String
    package var service: String
    /// The key's id.
    package var caller: String
    package var steps: [Step]

    package init(id: String, service: String, caller: String, steps: [Step]) {
        self.id = id
        self.service = service
        self.caller = caller
        self.steps = steps
    }
}

extension ExplainReport {
    package init(_ story: RequestExplanation) {
        var steps = [Step(at: 0, text: Self.arrival(story))]
        if let position = story.queuePosition {
            steps.append(Step(at: 0, text: "no instance had room: queued behind \(position) others"))
        }
        if let decision = story.decisionWhenQueued {
            steps.append(Step(at: 0, text: "the autoscaler then: \(decision)"))
        }
        for (index, attempt) in story.attempts.enumerated() {
            let at = (attempt.at - story.arrivedAt).seconds
            steps.append(Step(at: at, text: Self.attempt(attempt, service: story.service)))
            if index == 0, let decision = story.decisionWhenDispatched {
                steps.append(Step(at: at, text: "the autoscaler then: \(decision)"))
            }
            if let loss = attempt.loss {
                steps.append(Step(at: nil, text: "lost it (\(loss.kind.rawValue)): \(loss.detail)"))
            }
        }
        if let end = story.end {
            steps.append(Step(at: story.endedAt.map { ($0 - story.arrivedAt).seconds }, text: Self.end(end)))
        } else {
            steps.append(Step(at: nil, text: "has not ended yet"))
        }
        self.init(id: story.name, service: story.service, caller: story.tenant, steps: steps)
    }

    /// What the ledger still knows of a request that the platform has forgotten.
    package init(_ entry: RequestEntry) {
        var steps = [Step(at: 0, text: "came for \(entry.service)")]
        if entry.waited > 0 { steps.append(Step(at: entry.waited, text: "left the queue")) }
        if let instance = entry.instance {
            let attempts = entry.attempts > 1 ? ", the last of \(entry.attempts) that it went to" : ""
            steps.append(Step(at: nil, text: "was served by \(instance)\(attempts)"))
        }
        steps.append(
            Step(
                at: entry.duration,
                text: "\(entry.outcome), status \(entry.status): \(entry.promptTokens) prompt tokens, "
                    + "\(entry.generatedTokens) generated, \(entry.wastedTokens) wasted"
                    + (entry.timeToFirstToken.map { ", the first after \(Self.milliseconds($0))" } ?? "")))
        self.init(id: entry.id, service: entry.service, caller: entry.caller, steps: steps)
    }

    private static func arrival(_ story: RequestExplanation) -> String {
        "came for \(story.service): about \(story.size.promptTokens) prompt tokens, at most "
            + "\(story.size.maximumTokens) to generate"
            + (story.size.choices > 1 ? " for each of \(story.size.choices) choices" : "")
    }

    private static func attempt(_ attempt: RequestExplanation.Attempt, service: String) -> String {
        let instance = "went to \(InstanceID(service: service, number: attempt.instance))"
        let others = attempt.candidates.map {
            "\(InstanceID(service: service, number: $0.number)): \($0.inFlight) in flight, "
                + "\(milliseconds($0.wait)) predicted" + ($0.isHome ? ", its home" : "")
        }.joined(separator: "; ")
        let why =
            switch attempt.reason {
            case .onlyOne: "the only one with room"
            case .leastWait: "the least predicted wait"
            case .affinity: "the home of its conversation, within the load bound"
            }
        return "\(instance), \(why)" + (others.isEmpty ? "" : " (\(others))")
    }

    private static func end(_ end: RequestExplanation.End) -> String {
        switch end {
        case .refused(let failure): "refused (\(failure.code.rawValue)): \(failure.message)"
        case .outcome(.completed(let usage, let status, let first)):
            "ended with status \(status): \(usage.prompt) prompt tokens, \(usage.generated) generated"
                + (first.map { ", the first after \(milliseconds($0.seconds))" } ?? "")
        case .outcome(.clientGone(let usage)):
            "the client hung up: \(usage.generated) tokens generated, \(usage.wasted) wasted"
        case .outcome(.failed(let usage, let code)):
            "failed (\(code)): \(usage.generated) tokens generated, \(usage.wasted) wasted"
        }
    }

    private static func milliseconds(_ seconds: Double) -> String { "\((seconds * 10_000).rounded() / 10) ms" }
}
