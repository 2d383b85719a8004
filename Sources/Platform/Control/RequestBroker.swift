package import Autoscaling

/// What the gateway asks of the platform: an instance for a request, and another when that one is lost.
///
/// Every method may be called from any thread and returns at once. The platform's shell implements it around
/// `ControlPlane`; tests of the gateway stand in with a fake.
package protocol RequestBroker: AnyObject, Sendable {
    /// Takes a request in. When it is queued, `waiting` hears later, exactly once, where to go or that it is refused.
    func submit(_ arrival: RequestArrival, waiting: any WaitingRequest) -> Admission
    /// The instance of a dispatched request failed it: asks for another one. `waiting` as in `submit`.
    func retry(_ request: RequestID, after loss: InstanceLoss, waiting: any WaitingRequest) -> Admission
    /// Tells how far a streamed request is; sparingly (a few times a second).
    func progress(_ request: RequestID, generatedTokens: Int)
    /// Ends a request that was queued or dispatched; exactly once for each that `submit` did not refuse.
    func finish(_ request: RequestID, _ outcome: RequestOutcome)
    /// Where a service's wake-up stands, for callers who wait.
    func wakeProgress(of service: String) -> WakeProgress
    /// A caller who may wake services asked for one without calling it.
    func wake(_ service: String)
}

/// A request that waits in the activator's queue.
package protocol WaitingRequest: AnyObject, Sendable {
    /// Called on any thread.
    func resolved(_ admission: Admission)
}

/// A request as it comes in: what the queue, the choice of instance and the autoscaler need of it.
package struct RequestArrival: Sendable {
    package var id: RequestID
    package var service: String
    /// Whose turn it takes in the queue: a key's id, or an address where no keys are asked for.
    package var tenant: String
    package var size: RequestSize
    /// Requests with the same value go to the same instance if its load allows: a conversation's or a prefix's hash.
    package var affinity: UInt64?
    /// The id that the caller knows: its own, or one that the gateway drew. Not always unique.
    package var name: String

    package init(
        id: RequestID, service: String, tenant: String, size: RequestSize, affinity: UInt64? = nil, name: String = ""
    ) {
        self.id = id
        self.service = service
        self.tenant = tenant
        self.size = size
        self.affinity = affinity
        self.name = name
    }
}

/// The answer to a request that comes, or comes back.
package enum Admission: Sendable {
    case dispatched(Dispatch)
    case queued
    case refused(RequestFailure)
}

/// Where a request goes.
package struct Dispatch: Sendable {
    package var request: RequestID
    package var instance: InstanceID
    package var endpoint: Endpoint
    /// 1 for the first instance that got the request.
    package var attempt: Int

    package init(request: RequestID, instance: InstanceID, endpoint: Endpoint, attempt: Int) {
        self.request = request
        self.instance = instance
        self.endpoint = endpoint
        self.attempt = attempt
    }
}

/// Where and how an instance is spoken to.
package struct Endpoint: Sendable, Hashable {
    package enum Address: Sendable, Hashable {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }
    package var address: Address
    /// Over TLS; the host is verified.
    package var isSecure: Bool
    /// What stands before `/v1/…`: "" or a remote API's path.
    package var basePath: String
    /// Sent as `Authorization: Bearer …`; a secret, never shown.
    package var bearer: String?
    /// What the instance calls the model, where that differs from the service's name.
    package var modelName: String?
    /// Speaks the native engine's `pronk` field: token ids in the stream, resume.
    package var isResumable: Bool

    package init(
        address: Address, isSecure: Bool = false, basePath: String = "", bearer: String? = nil,
        modelName: String? = nil, isResumable: Bool = false
    ) {
        self.address = address
        self.isSecure = isSecure
        self.basePath = basePath
        self.bearer = bearer
        self.modelName = modelName
        self.isResumable = isResumable
    }
}

/// Why an instance did not finish a request.
package struct InstanceLoss: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case connectFailed = "connect_failed"
        case connectionClosed = "connection_closed"
        case timedOut = "timed_out"
        /// It answered 503, or what is no HTTP.
        case badAnswer = "bad_answer"
    }
    package var kind: Kind
    package var detail: String
    /// The client has seen nothing yet, or the request can go on elsewhere: another instance may be tried.
    package var isRetryable: Bool
    /// Tokens that were generated there and reached the client.
    package var deliveredTokens: Int

    package init(kind: Kind, detail: String, isRetryable: Bool, deliveredTokens: Int = 0) {
        self.kind = kind
        self.detail = detail
        self.isRetryable = isRetryable
        self.deliveredTokens = deliveredTokens
    }
}

/// How a request ended, and what it took.
package enum RequestOutcome: Sendable, Equatable {
    /// The instance's answer reached the client, whatever its status.
    case completed(TokenUsage, status: Int, timeToFirstToken: Duration?)
    case clientGone(TokenUsage)
    /// No instance could finish it.
    case failed(TokenUsage, code: String)
}

/// A request's tokens, as the ledger counts them.
package struct TokenUsage: Sendable, Equatable {
    package var prompt: Int
    /// Of `prompt`, those found in a prefix cache.
    package var cached: Int
    package var generated: Int
    /// Generated and received by nobody.
    package var wasted: Int

    package init(prompt: Int = 0, cached: Int = 0, generated: Int = 0, wasted: Int = 0) {
        self.prompt = prompt
        self.cached = cached
        self.generated = generated
        self.wasted = wasted
    }
}

/// Why a request is refused; mapped to HTTP in one place in the gateway.
package struct RequestFailure: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case unknownService = "model_not_found"
        case queueFull = "queue_full"
        case coldStartTimeout = "cold_start_timeout"
        /// The service's instances fail to start; `message` says why.
        case startFailed = "start_failed"
        case noRoom = "no_room"
        case instanceLost = "instance_lost"
        case shuttingDown = "shutting_down"
        /// An administrator stopped the service.
        case stopped = "service_stopped"
    }
    package var code: Code
    package var message: String
    package var retryAfter: Duration?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}

/// Where a service's wake-up stands.
package struct WakeProgress: Sendable, Equatable {
    package enum State: String, Sendable {
        case starting, ready, queued, failed, asleep, stopped
    }
    package var state: State
    /// 0 … 99 while it lasts, from the measured history of starts; nil while there is none.
    package var percent: Int?
    /// Time until an instance is ready; nil without history.
    package var remaining: Duration?
    /// Requests before and with the caller's in the queue.
    package var queueLength: Int

    package init(state: State, percent: Int? = nil, remaining: Duration? = nil, queueLength: Int = 0) {
        self.state = state
        self.percent = percent
        self.remaining = remaining
        self.queueLength = queueLength
    }
}
