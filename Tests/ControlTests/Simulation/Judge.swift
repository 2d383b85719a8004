import Control
import Metering

/// What a run of the simulation broke.
struct Violation: Error, CustomStringConvertible {
    var description: String
}

/// Watches everything that goes into the control plane and comes out of it, and holds it to the contract.
///
/// It has books of its own, kept from effects and admissions alone, so that it cannot inherit a mistake.
struct Judge {
    private struct Waiting {
        var request: RequestID
        var tenant: String
        var since: Duration
        var isReturned: Bool
    }
    private struct Known {
        var state: InstanceState
        var settings: ServiceSettings
        var isReportedUnhealthy = false
        var isTold = false
        var inFlight: Set<RequestID> = []
        var isOccupied = false
        var since: Duration
        var occupiedSince = Duration.zero
        var busy = Duration.zero
        var endpoint: Endpoint?
    }
    var settings: [String: ServiceSettings] = [:]
    var machine = Resources()
    var shutDownAt: Duration?
    /// Services that an administrator has stopped.
    var stopped: Set<String> = []
    private var instances: [InstanceID: Known] = [:]
    private var everLaunched: Set<InstanceID> = []
    private var waiting: [String: [Waiting]] = [:]
    private var order: [RequestID: Int] = [:]
    private var open: Set<RequestID> = []
    private var settled: Set<RequestID> = []
    private var failedStarts: [String: Int] = [:]
    private(set) var accepted = 0
    /// When each settled request was.
    private var settledAt: [RequestID: Duration] = [:]
    /// Whole lives of instances that are gone, and how long they were ready and busy.
    private var lives: [InstanceID: (whole: Duration, busy: Duration)] = [:]

    var live: Int { instances.count }
    var openRequests: Int { open.count }
    var queued: Int { waiting.values.reduce(0) { $0 + $1.count } }
    func isLive(_ service: String) -> Bool { instances.keys.contains { $0.service == service } }

    // MARK: - Requests

    mutating func arrived(_ arrival: RequestArrival, _ admission: Admission, now: Duration) throws {
        if case .refused(let failure) = admission {
            return try refused(failure, of: arrival.service, since: now, now: now)
        }
        accepted += 1
        order[arrival.id] = accepted
        open.insert(arrival.id)
        switch admission {
        case .queued:
            waiting[arrival.service, default: []].append(
                Waiting(request: arrival.id, tenant: arrival.tenant, since: now, isReturned: false))
            let length = waiting[arrival.service, default: []].count { !$0.isReturned }
            let limit = settings[arrival.service]?.queueLimit ?? 0
            try hold(length <= limit, "\(length) wait for \(arrival.service), whose bound is \(limit)")
        case .dispatched(let dispatch):
            try hold(
                waiting[arrival.service, default: []].isEmpty,
                "\(arrival.id) passed those who wait for \(arrival.service)")
            try dispatched(dispatch)
        case .refused: break
        }
    }

    mutating func retried(
        _ request: RequestID, from instance: InstanceID, tenant: String, _ admission: Admission, now: Duration
    ) throws {
        instances[instance]?.inFlight.remove(request)
        switch admission {
        case .dispatched(let dispatch):
            try hold(dispatch.instance != instance, "\(request) was sent back to \(instance), which had lost it")
            try hold(
                waiting[instance.service, default: []].isEmpty,
                "\(request) passed those who wait for \(instance.service)")
            try dispatched(dispatch)
        case .queued:
            waiting[instance.service, default: []].append(
                Waiting(request: request, tenant: tenant, since: now, isReturned: true))
        case .refused(let failure): try refused(failure, of: instance.service, since: now, now: now)
        }
    }

    mutating func resolved(_ request: RequestID, of service: String, _ admission: Admission, now: Duration) throws {
        guard let place = waiting[service, default: []].firstIndex(where: { $0.request == request }) else {
            throw Violation(description: "\(request) was resolved and does not wait")
        }
        let resolved = waiting[service, default: []].remove(at: place)
        switch admission {
        case .dispatched(let dispatch):
            let mine = order[request] ?? 0
            for other in waiting[service, default: []] where other.tenant == resolved.tenant {
                try hold((order[other.request] ?? 0) > mine, "\(request) passed \(other.request) of its own tenant")
            }
            try dispatched(dispatch)
        case .refused(let failure): try refused(failure, of: service, since: resolved.since, now: now)
        case .queued: throw Violation(description: "\(request) was resolved as queued")
        }
    }

    private mutating func dispatched(_ dispatch: Dispatch) throws {
        let id = dispatch.instance
        guard let known = instances[id] else {
            throw Violation(description: "\(dispatch.request) was sent to \(id), which is not there")
        }
        try hold(known.state == .ready, "\(dispatch.request) was sent to \(id), which is \(known.state)")
        try hold(!known.isReportedUnhealthy, "\(dispatch.request) was sent to \(id), which is unhealthy")
        try hold(known.endpoint == dispatch.endpoint, "\(dispatch.request) was sent to another address than \(id)'s")
        try hold(!known.inFlight.contains(dispatch.request), "\(dispatch.request) was sent to \(id) twice")
        instances[id]?.inFlight.insert(dispatch.request)
        let limit = settings[id.service]?.instanceConcurrency ?? 0
        try hold(known.inFlight.count < limit, "\(id) has \(known.inFlight.count + 1) requests, bound \(limit)")
    }

    private func refused(_ failure: RequestFailure, of service: String, since: Duration, now: Duration) throws {
        let isAllowed: Bool
        // The caller's clock steps back by up to 50 ms.
        let waited = now - since + .milliseconds(50)
        switch failure.code {
        case .unknownService: isAllowed = settings[service] == nil
        case .queueFull:
            let length = waiting[service, default: []].count
            isAllowed = length >= settings[service]?.queueLimit ?? 0 || waited >= .seconds(600)
        case .coldStartTimeout:
            isAllowed = waited >= settings[service]?.coldStartTimeout ?? .zero && !hasHealthy(service)
        case .startFailed: isAllowed = failedStarts[service, default: 0] >= 3
        case .noRoom:
            isAllowed =
                waited >= settings[service]?.coldStartTimeout ?? .zero && !hasHealthy(service)
                || settings[service].map { $0.need.cores > machine.cores || $0.need.memoryBytes > machine.memoryBytes }
                    ?? true
        case .instanceLost: isAllowed = true
        case .shuttingDown: isAllowed = shutDownAt != nil
        case .stopped: isAllowed = stopped.contains(service)
        }
        try hold(isAllowed, "a request for \(service) was refused for no reason after \(now - since): \(failure)")
    }

    private func hasHealthy(_ service: String) -> Bool {
        instances.contains { $0.key.service == service && $0.value.state == .ready && !$0.value.isReportedUnhealthy }
    }

    /// The gateway reports a request's end.
    mutating func finished(_ request: RequestID, of service: String, at instance: InstanceID?) {
        waiting[service]?.removeAll { $0.request == request }
        if let instance { instances[instance]?.inFlight.remove(request) }
    }

    mutating func settled(_ request: SettledRequest, now: Duration) throws {
        try hold(open.remove(request.id) != nil, "\(request.id) was settled and is not open")
        try hold(settled.insert(request.id).inserted, "\(request.id) was settled twice")
        try hold(
            request.waited >= .zero && request.duration >= request.waited,
            "\(request.id) waited \(request.waited) of \(request.duration)")
        settledAt[request.id] = now
    }

    // MARK: - Instances

    mutating func launched(_ id: InstanceID) throws {
        guard let settings = settings[id.service], instances[id]?.state == .starting else {
            throw Violation(description: "\(id) is launched out of nothing")
        }
        try hold(shutDownAt == nil, "\(id) is launched while shutting down")
        try hold(!stopped.contains(id.service), "\(id) is launched though its service is stopped")
        try hold(everLaunched.insert(id).inserted, "\(id) is launched twice")
        let same = instances.filter {
            $0.key.service == id.service && $0.value.settings.revision == settings.revision
                && $0.value.settings.isRemote == settings.isRemote
        }
        let maximum = settings.isRemote ? 1 : settings.limits.maximum
        try hold(same.count <= maximum, "\(same.count) instances of \(id.service), at most \(maximum) are allowed")
        guard !settings.isRemote else { return }
        let local = instances.values.filter { !$0.settings.isRemote }
        let cores = local.reduce(0) { $0 + $1.settings.need.cores }
        let memory = local.reduce(0) { $0 + $1.settings.need.memoryBytes }
        try hold(
            cores <= machine.cores && memory <= machine.memoryBytes,
            "\(id): \(cores) cores and \(memory) bytes are taken of \(machine)")
    }

    mutating func changed(_ id: InstanceID, from old: InstanceState, to new: InstanceState, now: Duration) throws {
        if old == .stopped, new == .starting, instances[id] == nil, let settings = settings[id.service] {
            instances[id] = Known(state: new, settings: settings, since: now)
            return
        }
        try hold(instances[id]?.state == old, "\(id) goes from \(old) to \(new) and was not \(old)")
        let allowed: [InstanceState: Set<InstanceState>] = [
            .starting: [.ready, .draining, .failed], .ready: [.draining, .failed],
            .draining: [.ready, .stopped, .failed],
        ]
        try hold(allowed[old]?.contains(new) == true, "\(id) goes from \(old) to \(new)")
        if let known = instances[id], known.state == .ready, known.isOccupied {
            instances[id]?.busy += now - known.occupiedSince
        }
        instances[id]?.occupiedSince = now
        instances[id]?.state = new
        if new == .ready { failedStarts[id.service] = 0 }
        if old == .starting, new == .failed || new == .draining { failedStarts[id.service, default: 0] += 1 }
        if new == .stopped || new == .failed, let known = instances.removeValue(forKey: id) {
            lives[id] = (now - known.since, known.busy)
        }
    }

    /// What the driver tells, before the control plane hears it.
    mutating func told(_ event: InstanceEvent, of id: InstanceID) {
        switch event {
        case .healthy: instances[id]?.isReportedUnhealthy = false
        case .unhealthy:
            let isReady = instances[id]?.state == .ready
            instances[id]?.isReportedUnhealthy = isReady
        case .launched(let endpoint, _): instances[id]?.endpoint = endpoint
        case .exited, .launchFailed: break
        }
    }

    mutating func terminated(_ id: InstanceID, now: Duration) throws {
        guard let known = instances[id] else { throw Violation(description: "\(id) is told to end and is not there") }
        try hold(known.state == .draining, "\(id) is told to end and is \(known.state)")
        let isOverdue = shutDownAt.map { now - $0 >= settings[id.service]?.grace ?? .zero } ?? false
        try hold(
            known.inFlight.isEmpty || isOverdue, "\(id) is told to end and works on \(known.inFlight.count) requests")
        instances[id]?.isTold = true
    }

    mutating func occupied(_ id: InstanceID, _ isOccupied: Bool, now: Duration) throws {
        guard let known = instances[id] else { return }
        try hold(known.isOccupied != isOccupied, "\(id) is said to be occupied \(isOccupied) twice")
        if known.state == .ready, known.isOccupied { instances[id]?.busy += now - known.occupiedSince }
        instances[id]?.occupiedSince = now
        instances[id]?.isOccupied = isOccupied
    }

    // MARK: - The ledger

    /// The service with instance numbers above all that there ever were.
    func numbered(_ settings: ServiceSettings) -> ServiceSettings {
        var settings = settings
        settings.firstInstance = 1 + (everLaunched.filter { $0.service == settings.name }.map(\.number).max() ?? 0)
        return settings
    }

    /// Everything that was settled, and every moment of every instance, stands in the table, once.
    func checkLedger(_ table: SimulatedLedger.Table) throws {
        try hold(
            Set(table.requests.keys) == Set(settledAt.keys.map { "\($0.rawValue)" }),
            "the ledger has \(table.requests.count) requests of \(settledAt.count)")
        for (id, life) in lives {
            let whole = table.time(of: id, [.starting, .idle, .busy, .draining])
            let busy = table.time(of: id, [.busy])
            try hold(
                Duration.microseconds(whole) == life.whole, "the ledger has \(whole) µs of \(id), not \(life.whole)")
            try hold(Duration.microseconds(busy) == life.busy, "\(id) was busy for \(busy) µs, not \(life.busy)")
        }
    }

    /// The process was killed: only the last moment's requests may be missing, as long as the disk had room.
    mutating func died(_ table: SimulatedLedger.Table, wasDiskFull: Bool, now: Duration) throws {
        for (request, time) in settledAt where table.requests["\(request.rawValue)"] == nil {
            try hold(
                wasDiskFull || now - time <= .seconds(6), "\(request) was settled at \(time) and is not in the ledger")
            settledAt[request] = nil
        }
        // Their last stretches were not written: the next heartbeat would have done it.
        instances = [:]
        lives = [:]
        waiting = [:]
        open = []
        failedStarts = [:]
        stopped = []
    }

    /// Holds at every moment when nothing is under way between gateway and control plane.
    func checkAtRest(_ snapshot: PlatformSnapshot) throws {
        for service in snapshot.services {
            let length = waiting[service.name, default: []].count
            try hold(
                service.queue.requests == length,
                "\(service.name) counts \(service.queue.requests) that wait, and \(length) do")
            let concurrency = settings[service.name]?.instanceConcurrency ?? 0
            for instance in service.instances {
                let known = instances[instance.id]
                try hold(known?.state == instance.state, "\(instance.id) is not \(instance.state)")
                try hold(
                    known?.inFlight.count == instance.inFlight,
                    "\(instance.id) counts \(instance.inFlight), and works on \(known?.inFlight.count ?? 0)")
                try hold(
                    instance.inFlight > 0 ? instance.pendingPromptTokens >= 0 : instance.pendingPromptTokens == 0,
                    "\(instance.id) has \(instance.pendingPromptTokens) tokens to read")
                try hold(
                    length == 0 || instance.state != .ready || instance.trouble != nil
                        || instance.inFlight >= concurrency,
                    "\(length) wait for \(service.name), and \(instance.id) has room")
                try hold(known?.isOccupied == (instance.inFlight > 0), "\(instance.id) is not told to be occupied")
            }
        }
    }

    private func hold(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: message()) }
    }
}
