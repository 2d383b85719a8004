import Autoscaling
import Control

/// A policy that a test can foresee: as many instances as requests in hand need, held for the idle time.
struct PlainPolicy: ScalingPolicy {
    mutating func record(_ event: LoadEvent, now: Duration) {}

    mutating func decide(_ fleet: FleetView, now: Duration) -> ScalingDecision {
        let load = fleet.queue.requests + fleet.instances.reduce(0) { $0 + $1.inFlight }
        let wanted = Int((Double(load) / fleet.limits.target).rounded(.up))
        let present = fleet.instances.count { $0.phase != .draining }
        let isIdle = load == 0 && now - fleet.lastActivity >= fleet.limits.idle
        let desired = isIdle ? 0 : max(wanted, min(present, 1))
        return ScalingDecision(desired: desired, reason: "\(load) requests at \(fleet.limits.target) each")
    }
}

/// A control plane with a clock that tests move, and what it asked for.
struct Fixture {
    var plane: ControlPlane
    var now = Duration.zero
    private(set) var effects: [Effect] = []
    private var requests: UInt64 = 0

    init(_ services: [ServiceSettings], machine: Resources = Resources(cores: 8, memoryBytes: 8 << 30)) {
        plane = ControlPlane(services: services, machine: machine, now: .zero) { _ in PlainPolicy() }
        collect()
    }

    mutating func collect() { effects += plane.takeEffects() }

    /// What was asked for since the last call.
    mutating func taken() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    mutating func submit(
        to service: String = "a", tenant: String = "t", affinity: UInt64? = nil, prompt: Int = 10
    ) -> (RequestID, Admission) {
        requests += 1
        let id = RequestID(rawValue: requests)
        let admission = plane.submit(
            RequestArrival(
                id: id, service: service, tenant: tenant,
                size: RequestSize(promptTokens: prompt, maximumTokens: 20), affinity: affinity), now: now)
        collect()
        return (id, admission)
    }

    mutating func finish(_ id: RequestID) {
        plane.finish(
            id, .completed(TokenUsage(prompt: 10, generated: 20), status: 200, timeToFirstToken: .seconds(1)), now: now)
        collect()
    }

    mutating func retry(_ id: RequestID, isRetryable: Bool = true) -> Admission {
        defer { collect() }
        return plane.retry(
            id, after: InstanceLoss(kind: .connectionClosed, detail: "closed", isRetryable: isRetryable), now: now)
    }

    mutating func tell(_ event: InstanceEvent, _ number: Int, of service: String = "a") {
        plane.handle(event, of: InstanceID(service: service, number: number), now: now)
        collect()
    }

    /// Launched and healthy.
    mutating func makeReady(_ number: Int, of service: String = "a") {
        tell(.launched(Endpoint(address: .unix(path: "/\(service)\(number)")), processID: 1), number, of: service)
        tell(.healthy, number, of: service)
    }

    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let due = plane.nextDeadline, due <= end {
            now = max(now, due)
            plane.tick(now: now)
            collect()
        }
        now = end
        plane.tick(now: now)
        collect()
    }

    func service(_ name: String = "a") -> ServiceSnapshot? {
        plane.snapshot(now: now).services.first { $0.name == name }
    }
}

func settings(
    _ name: String = "a", minimum: Int = 0, maximum: Int = 3, target: Double = 2, concurrency: Int = 2,
    queue: Int = 100, need: Resources = Resources(cores: 1, memoryBytes: 1 << 30), isRemote: Bool = false,
    revision: String = "1"
) -> ServiceSettings {
    ServiceSettings(
        name: name,
        limits: ScalingLimits(
            minimum: minimum, maximum: maximum, target: target, idle: .seconds(600), scaleDownDelay: .seconds(60)),
        coldStartTimeout: .seconds(120), queueLimit: queue, instanceConcurrency: concurrency, need: need,
        isResumable: true, isRemote: isRemote, grace: .seconds(30), revision: revision)
}

extension Admission {
    var instance: Int? { if case .dispatched(let dispatch) = self { dispatch.instance.number } else { nil } }
    var attempt: Int? { if case .dispatched(let dispatch) = self { dispatch.attempt } else { nil } }
    var refusal: RequestFailure.Code? { if case .refused(let failure) = self { failure.code } else { nil } }
    var isQueued: Bool { if case .queued = self { true } else { false } }
}

extension [Effect] {
    var launches: [Int] { compactMap { if case .launch(let id) = $0 { id.number } else { nil } } }
    var terminations: [Int] { compactMap { if case .terminate(let id) = $0 { id.number } else { nil } } }
    var kills: [Int] { compactMap { if case .kill(let id) = $0 { id.number } else { nil } } }
    var resolutions: [(RequestID, Admission)] {
        compactMap { if case .resolve(let id, let admission) = $0 { (id, admission) } else { nil } }
    }
    var settled: [SettledRequest] { compactMap { if case .settled(let request) = $0 { request } else { nil } } }
}
