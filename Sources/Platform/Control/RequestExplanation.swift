package import Autoscaling
package import Routing

/// Why a request waited, where it went, and how it ended.
package struct RequestExplanation: Sendable {
    /// One hand-over to an instance.
    package struct Attempt: Sendable {
        package var instance: Int
        package var at: Duration
        package var reason: InstanceChoice.Reason
        /// What it was chosen from; empty where there was no choice.
        package var candidates: [CandidateScore]
        /// How the instance failed it, if it did.
        package var loss: InstanceLoss?
    }
    package enum End: Sendable, Equatable {
        case outcome(RequestOutcome)
        case refused(RequestFailure)
    }
    package var id: RequestID
    /// The id that callers see.
    package var name: String
    package var service: String
    package var tenant: String
    package var size: RequestSize
    package var affinity: UInt64?
    package var arrivedAt: Duration
    /// Requests that waited before it when it came; nil when it did not have to wait.
    package var queuePosition: Int?
    /// What the autoscaler last said when the request was queued, and when it was handed over.
    package var decisionWhenQueued: String?
    package var decisionWhenDispatched: String?
    package var waited = Duration.zero
    /// At most `Limits.storyLength`, oldest first.
    package var attempts: [Attempt] = []
    package var endedAt: Duration?
    package var end: End?

    package init(arrival: RequestArrival, now: Duration) {
        id = arrival.id
        name = arrival.name
        service = arrival.service
        tenant = arrival.tenant
        size = arrival.size
        affinity = arrival.affinity
        arrivedAt = now
    }
}

/// The stories of the last requests that ended, found by id.
struct ExplanationLog: Sendable {
    private var stories: [RequestExplanation] = []
    private var places: [RequestID: Int] = [:]
    private var next = 0

    subscript(id: RequestID) -> RequestExplanation? { places[id].map { stories[$0] } }

    /// The newest of that name. Looks at all, because people ask rarely.
    func newest(named name: String) -> RequestExplanation? {
        stories.filter { $0.name == name }.max { $0.arrivedAt < $1.arrivedAt }
    }

    mutating func append(_ story: RequestExplanation) {
        if stories.count < Limits.explanations {
            stories.append(story)
        } else {
            places[stories[next].id] = nil
            stories[next] = story
        }
        places[story.id] = next
        next = (next + 1) % Limits.explanations
    }
}
