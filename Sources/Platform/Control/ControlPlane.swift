package import Autoscaling
internal import Routing

/// Every decision of the platform in one value: queues, instances, placement, choice of instance, fail-over.
///
/// It has no clock and does nothing itself: `now` comes in, `Effect`s go out. The runtime drives it with the machine's
/// clock and real processes, the simulation with a virtual clock and faults. `now` is the time since any fixed origin
/// and only ever grows; a caller's clock that steps back is taken to stand still.
///
/// One rule holds after every call: while a request of a service waits, no instance of it has room.
package struct ControlPlane: Sendable {
    var services: [ServiceState] = []
    var placeOfService: [String: Int] = [:]
    var requests: [RequestID: ActiveRequest] = [:]
    var ended = ExplanationLog()
    var effects: [Effect] = []
    var machine: Resources
    var isShuttingDown = false
    /// When streams are cut, by service, while shutting down.
    var shutDownAt: Duration?
    var arrivals: UInt64 = 0
    /// Services that wait for room.
    var blocked = 0
    /// The highest time that was ever passed in.
    var latest: Duration
    let makePolicy: @Sendable (ServiceSettings) -> any ScalingPolicy

    /// - Parameter makePolicy: gives a service its policy, at first and when its settings name another.
    package init(
        services: [ServiceSettings], machine: Resources, now: Duration,
        makePolicy: @escaping @Sendable (ServiceSettings) -> any ScalingPolicy
    ) {
        self.machine = machine
        self.makePolicy = makePolicy
        latest = now
        reconfigure(services, machine: machine, now: now)
    }

    /// What there is to do since the last call, in order.
    package mutating func takeEffects() -> [Effect] {
        guard !effects.isEmpty else { return [] }
        var taken: [Effect] = []
        swap(&taken, &effects)
        return taken
    }

    /// Nothing runs and nobody waits: after `shutDown`, the process may end.
    package var isAtRest: Bool { requests.isEmpty && services.allSatisfy(\.instances.isEmpty) }

    /// Somebody wants the service awake, with or without a request.
    package mutating func wake(_ service: String, now: Duration) {
        let now = advance(to: now)
        guard let place = configured(service), !services[place].isStopped else { return }
        services[place].lastActivity = now
        services[place].wakeHold =
            services[place].noneReadySince == nil
            ? .until(now + services[place].settings.limits.idle) : .untilReady
        look(place, now: now)
    }

    /// Refuses what comes and what waits, lets what runs finish, and then nothing of the service runs any more.
    package mutating func stop(_ service: String, now: Duration) {
        let now = advance(to: now)
        guard !isShuttingDown, let place = configured(service), !services[place].isStopped else { return }
        services[place].isStopped = true
        services[place].wakeHold = .none
        setBlocked(place, nil)
        services[place].lookAt = nil
        refuseAll(of: place, .stopped(service), now: now)
        for index in services[place].instances.indices {
            drain(index, of: place, because: "an administrator stopped the service", now: now)
        }
    }

    /// Takes a service's requests again after `stop`; an instance starts when somebody asks for one.
    package mutating func start(_ service: String, now: Duration) {
        let now = advance(to: now)
        guard let place = configured(service), services[place].isStopped else { return }
        services[place].isStopped = false
        services[place].lastActivity = now
        // Whoever stopped it may have repaired it.
        services[place].backoff = RestartBackoff()
        look(place, now: now)
    }

    /// A warm schedule began or ended.
    package mutating func keepWarm(_ service: String, _ isWarm: Bool, now: Duration) {
        let now = advance(to: now)
        guard let place = configured(service), services[place].isScheduledWarm != isWarm else { return }
        services[place].isScheduledWarm = isWarm
        if !isWarm { services[place].lastActivity = now }
        look(place, now: now)
    }

    /// Time passed.
    package mutating func tick(now: Duration) {
        let now = advance(to: now)
        for place in services.indices {
            if let due = services[place].expiry, due <= now { expireInstances(of: place, now: now) }
            expireRequests(of: place, now: now)
            if let hold = services[place].wakeHold.end, hold <= now {
                services[place].wakeHold = .none
                services[place].look(at: now)
            }
            if let due = services[place].lookAt, due <= now { look(place, now: now) }
        }
    }

    /// When `tick` is due at the latest.
    package var nextDeadline: Duration? {
        var earliest: Duration?
        func consider(_ time: Duration?) {
            if let time, time < earliest ?? .seconds(Int64.max) { earliest = time }
        }
        for place in services.indices {
            consider(services[place].lookAt)
            consider(services[place].wakeHold.end)
            consider(services[place].expiry)
            if !services[place].queue.isEmpty { consider(deadlineOfOldest(in: place)) }
        }
        return earliest
    }

    // MARK: - Shared by the facets

    mutating func advance(to now: Duration) -> Duration {
        latest = max(latest, now)
        return latest
    }

    func configured(_ service: String) -> Int? {
        guard let place = placeOfService[service], !services[place].isRetired else { return nil }
        return place
    }

    mutating func note(_ place: Int, _ text: String) {
        effects.append(.note(service: services[place].settings.name, text))
    }
}

extension ServiceState.WakeHold {
    var end: Duration? {
        if case .until(let end) = self { end } else { nil }
    }
}
