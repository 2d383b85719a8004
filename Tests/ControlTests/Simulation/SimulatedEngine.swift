import Control

/// One instance as it really is, which the control plane learns late or never.
struct SimulatedEngine {
    let id: InstanceID
    let settings: ServiceSettings
    var isAlive = true
    /// It answers nothing, neither health checks nor requests.
    var isHung = false
    var isServing = false
    var isTerminating = false
    let ignoresTerminate: Bool
    /// Requests that it works on, and which attempt of them.
    var running: [RequestID: Int] = [:]
    /// Tokens that wait for it to be no longer hung.
    var stuck: [(RequestID, Int)] = []
    /// Its own counter: every token that it drew.
    var generated = 0
    /// Of them, those that it drew for a connection that was gone.
    var wasted = 0

    var endpoint: Endpoint {
        Endpoint(address: .unix(path: "/\(id)"), isResumable: settings.isResumable)
    }
}

/// One client's request and what the gateway knows of it.
struct SimulatedStream {
    let arrival: Scenario.Arrival
    let request: RequestID
    /// The hand-over that counts; messages of others are late.
    var attempt = 0
    var instance: InstanceID?
    /// What the client has, as the tokens' numbers.
    var received: [Int] = []
    var lastToken = Duration.zero
    var isRefused: RequestFailure?

    var usage: TokenUsage { TokenUsage(prompt: arrival.promptTokens, generated: received.count) }
}

/// What happens in the world around the control plane.
enum SimulationEvent {
    case arrive(Int)
    case change(Int)
    /// The driver tells it.
    case tell(InstanceID, InstanceEvent)
    case becomesHealthy(InstanceID)
    case dies(InstanceID, String)
    case hangs(InstanceID)
    case recovers(InstanceID)
    case connected(RequestID, attempt: Int)
    case token(RequestID, attempt: Int)
    case broken(RequestID, attempt: Int, InstanceLoss.Kind)
    /// The gateway looks whether a stream still moves.
    case watch(RequestID, attempt: Int)
    case leaves(RequestID)
    case ledgerLooks
    case ledgerHasWritten
}
