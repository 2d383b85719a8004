package import Control
import Dispatch
import Foundation
package import Instances
package import Logging
import Synchronization

/// The platform at work: the control plane's decisions, carried out with the machine's clock and real instances.
///
/// All decisions are `ControlPlane`'s, under one lock that is held for microseconds. What takes longer (starting and
/// ending processes) is done on a serial queue, in the order in which it was decided. Callers that waited are told
/// after the lock is free.
package final class Platform: RequestBroker, Sendable {
    struct State {
        var plane: ControlPlane
        var plans: [String: ServicePlan]
        var waiting: [RequestID: any WaitingRequest] = [:]
    }

    let state: Mutex<State>
    let place: ServicePlan.Place
    let driver: any InstanceDriver
    let sink: any PlatformSink
    let logger: Logger
    /// Instances that were launched and have not ended; changed on `worker` alone.
    let running = Mutex<[InstanceID: any RunningInstance]>([:])
    let speeds = Mutex(TokenSpeeds())
    private let pastPoints = Mutex(History())
    let worker = DispatchQueue(label: "pronk.platform")
    private let started = ContinuousClock.now
    /// The calendar's seconds since 1970 at the start, so that time goes on over a restart, and what was learnt then
    /// still has its age.
    private let origin: Duration

    package init(
        plans: [ServicePlan], machine: Resources, place: ServicePlan.Place, driver: any InstanceDriver,
        sink: any PlatformSink, logger: Logger
    ) {
        let origin = Duration.seconds(Date().timeIntervalSince1970)
        let plane = ControlPlane(
            services: plans.map(\.settings), machine: machine, now: origin,
            makePolicy: LearntPolicies(folder: place.dataFolder).maker(now: origin))
        self.origin = origin
        state = Mutex(
            State(plane: plane, plans: Dictionary(uniqueKeysWithValues: plans.map { ($0.configuration.name, $0) })))
        self.place = place
        self.driver = driver
        self.sink = sink
        self.logger = logger
    }

    /// Time since 1970, as the calendar had it at the start and the monotonic clock has gone on since.
    package var now: Duration { origin + uptime }
    /// Time since the platform began.
    var uptime: Duration { ContinuousClock.now - started }

    // MARK: Requests

    package func submit(_ arrival: RequestArrival, waiting: any WaitingRequest) -> Admission {
        decide { state, now in
            let admission = state.plane.submit(arrival, now: now)
            if case .queued = admission { state.waiting[arrival.id] = waiting }
            return admission
        }
    }

    package func retry(_ request: RequestID, after loss: InstanceLoss, waiting: any WaitingRequest) -> Admission {
        decide { state, now in
            let admission = state.plane.retry(request, after: loss, now: now)
            if case .queued = admission { state.waiting[request] = waiting }
            return admission
        }
    }

    package func progress(_ request: RequestID, generatedTokens: Int) {
        decide { $0.plane.progress(request, generatedTokens: generatedTokens, now: $1) }
    }

    package func finish(_ request: RequestID, _ outcome: RequestOutcome) {
        decide { state, now in
            state.waiting.removeValue(forKey: request)
            state.plane.finish(request, outcome, now: now)
        }
    }

    package func wakeProgress(of service: String) -> WakeProgress {
        state.withLock { $0.plane.wakeProgress(of: service, now: now) }
    }

    // MARK: History

    /// Adds a point to what the charts show, if it is time.
    func recordHistory() {
        guard now >= pastPoints.withLock(\.next) else { return }
        let (snapshot, plans) = state.withLock { ($0.plane.snapshot(now: now), $0.plans) }
        let prices = plans.compactMapValues { plan in
            plan.configuration.price.map { (perHour: $0.perInstanceHour, currency: $0.currency) }
        }
        pastPoints.withLock { $0.record(snapshot, prices: prices, now: now) }
    }

    package func history(minutes: Int) -> HistoryReport {
        HistoryReport(points: pastPoints.withLock { $0.points(minutes: minutes, now: now) })
    }

    // MARK: Deciding

    /// Lets the control plane decide, and has its effects carried out.
    @discardableResult
    func decide<Value>(_ body: (inout State, Duration) -> Value) -> Value {
        var resolved: [(any WaitingRequest, Admission)] = []
        var settled: [SettledRequest] = []
        let value = state.withLock { state in
            let value = body(&state, now)
            for effect in state.plane.takeEffects() {
                switch effect {
                case .resolve(let request, let admission):
                    if let waiting = state.waiting.removeValue(forKey: request) {
                        resolved.append((waiting, admission))
                    }
                case .settled(let request): settled.append(request)
                // Under the lock, because the order counts; it only writes down a time.
                case .occupied(let id, let isBusy): sink.occupy(id, isBusy)
                case .launch(let id):
                    guard let plan = state.plans[id.service] else { continue }
                    worker.async { self.launch(id, plan) }
                case .terminate(let id): worker.async { self.running.withLock { $0[id] }?.terminate() }
                case .kill(let id): worker.async { self.running.withLock { $0[id] }?.kill() }
                case .stateChanged(let id, let from, let to, let reason):
                    worker.async { self.report(id, from, to, reason) }
                case .note(let service, let text):
                    worker.async { self.logger.notice("\(text)", metadata: ["service": "\(service)"]) }
                }
            }
            return value
        }
        for request in settled { sink.settle(request) }
        for (waiting, admission) in resolved { waiting.resolved(admission) }
        return value
    }

    private func launch(_ id: InstanceID, _ plan: ServicePlan) {
        let instance = driver.launch(plan.specification(id, place: place)) { event in
            self.worker.async { self.take(event, of: id) }
        }
        let present = running.withLock { running in
            running[id] = instance
            return Set(running.keys.filter { $0.service == id.service }.map(\.number))
        }
        InstanceLogs(dataFolder: place.dataFolder).prune(id.service, keeping: Limits.keptLogs, running: present)
    }

    private func take(_ event: InstanceEvent, of id: InstanceID) {
        decide { $0.plane.handle(event, of: id, now: $1) }
        switch event {
        // Last: whoever sees that none runs may wait for `worker` and know that all is told.
        case .exited, .launchFailed: running.withLock { _ = $0.removeValue(forKey: id) }
        case .launched, .healthy, .unhealthy: break
        }
    }

    private func report(_ id: InstanceID, _ from: InstanceState, _ to: InstanceState, _ reason: String) {
        logger.log(
            level: to == .failed ? .warning : .info, "instance \(to.rawValue)",
            metadata: ["instance": "\(id)", "from": "\(from.rawValue)", "reason": "\(reason)"])
        sink.change(id, from: from, to: to)
    }
}

/// Where the platform's history goes: the ledger, or nowhere in tests.
package protocol PlatformSink: Sendable {
    /// Called on any thread, once for each accepted request.
    func settle(_ request: SettledRequest)
    func change(_ instance: InstanceID, from: InstanceState, to: InstanceState)
    /// An instance got a request while it had none, or lost its last; called often, and has to be quick.
    func occupy(_ instance: InstanceID, _ isBusy: Bool)
}
