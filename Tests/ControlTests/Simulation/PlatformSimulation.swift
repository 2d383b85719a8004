import Autoscaling
import Control
import TestSupport

/// A whole platform under a virtual clock: the real control plane, and around it engines that start slowly, crash and
/// hang, a gateway that fails over, clients that leave, an owner who changes the settings.
struct PlatformSimulation {
    var scenario: Scenario
    var random: SeededGenerator
    var plane: ControlPlane
    var judge = Judge()
    var ledger = SimulatedLedger()
    var events = EventQueue<SimulationEvent>()
    var engines: [InstanceID: SimulatedEngine] = [:]
    var streams: [RequestID: SimulatedStream] = [:]
    var now = Duration.zero
    /// Tokens that engines drew and somebody got, by engines that are gone.
    var drawn: [String: Int] = [:]
    /// What happened, newest last, for whoever replays a seed.
    var log: [String] = []
    let isLogging: Bool
    private var idleTicks = 0

    private let kind: Int

    init(seed: UInt64, isLogging: Bool) {
        scenario = Scenario(seed: seed)
        self.isLogging = isLogging
        random = SeededGenerator(seed: seed)
        judge.machine = scenario.machine
        judge.settings = Dictionary(uniqueKeysWithValues: scenario.services.map { ($0.name, $0) })
        kind = Int.random(in: 0..<5, using: &random)
        plane = Self.plane(
            scenario.services, machine: scenario.machine, now: .zero, kind: kind, seed: seed, kept: [:])
        for (index, arrival) in scenario.arrivals.enumerated() { events.add(.arrive(index), at: arrival.time) }
        for (index, change) in scenario.changes.enumerated() { events.add(.change(index), at: change.time) }
    }

    static func plane(
        _ services: [ServiceSettings], machine: Resources, now: Duration, kind: Int, seed: UInt64,
        kept: [String: any ScalingPolicy]
    ) -> ControlPlane {
        ControlPlane(services: services, machine: machine, now: now) { settings in
            if let policy = kept[settings.name] { return policy }
            return switch (kind, settings.policy) {
            case (0, _): WildPolicy(seed: seed)
            case (1, _): PlainPolicy()
            case (_, .pronk): WorkPolicy()
            case (_, .kpa): KnativePolicy(now: now)
            }
        }
    }

    mutating func run() throws {
        try perform()
        try pass(until: { $0.events.isEmpty && $0.streams.isEmpty })
        try rest()
        try close()
    }

    /// Everything has ended: what may sleep, sleeps.
    private mutating func rest() throws {
        let settings = judge.settings
        let longest = settings.values.map { $0.limits.idle + $0.limits.scaleDownDelay }.max() ?? .zero
        let end = now + longest + .seconds(700)
        try pass(until: { $0.now >= end || $0.events.isEmpty && $0.plane.nextDeadline == nil }, atMost: end)
        guard judge.shutDownAt == nil else { return }
        for (name, settings) in settings where !settings.isRemote && settings.limits.minimum == 0 {
            try hold(!judge.isLive(name), "\(name) is awake long after its last request")
        }
    }

    /// The platform ends: nothing may be left.
    private mutating func close() throws {
        if judge.shutDownAt == nil {
            judge.shutDownAt = now
            plane.shutDown(now: now)
            try perform()
        }
        try pass(until: { $0.events.isEmpty && $0.plane.nextDeadline == nil })
        try hold(judge.live == 0 && engines.isEmpty, "instances are left: \(engines.keys.sorted())")
        try hold(judge.openRequests == 0, "\(judge.openRequests) requests were never settled")
        try hold(plane.isAtRest, "the control plane's tables are not empty")
        ledger.close(now: now)
        try judge.checkLedger(ledger.table)
        for service in ["a", "b", "c"] {
            let generated = ledger.table.generated(by: service)
            try hold(
                generated == drawn[service, default: 0],
                "the ledger has \(generated) tokens of \(service), its engines \(drawn[service, default: 0])")
        }
    }

    // MARK: - Time

    private mutating func pass(until isDone: (Self) -> Bool, atMost end: Duration = .seconds(100_000)) throws {
        var steps = 0
        while !isDone(self) {
            steps += 1
            try hold(steps < 300_000 && now < .seconds(50_000), "it does not come to an end")
            let due = plane.nextDeadline
            guard let time = [due, events.nextTime].compactMap({ $0 }).min() else { return }
            guard time <= end else {
                now = end
                return
            }
            if let due, due <= events.nextTime ?? due {
                // Timers are late, and once in a while very late.
                let late = random.chance(30) ? random.milliseconds(0...500) : random.milliseconds(0...2)
                if due <= now { idleTicks += 1 } else { idleTicks = 0 }
                try hold(idleTicks < 100, "its deadline \(due) does not pass")
                now = max(now, min(due + late, events.nextTime ?? due + late))
                plane.tick(now: now)
            } else if let event = events.popFirst() {
                now = max(now, time)
                try happen(event)
            }
            try perform()
            ledger.heartbeat(now: now)
            if let time = ledger.takeWake() { events.add(.ledgerLooks, at: max(now, time)) }
            if random.chance(60) { try judge.checkAtRest(plane.snapshot(now: now)) }
        }
    }

    /// What the caller's clock says: once in a while a little less than before.
    mutating func clock() -> Duration { random.chance(20) ? max(.zero, now - random.milliseconds(0...50)) : now }

    // MARK: - What the control plane wants

    mutating func perform() throws {
        while case let effects = plane.takeEffects(), !effects.isEmpty {
            for effect in effects { try perform(effect) }
        }
    }

    private mutating func perform(_ effect: Effect) throws {
        note(effect)
        switch effect {
        case .launch(let id):
            try judge.launched(id)
            launch(id)
        case .terminate(let id):
            try judge.terminated(id, now: now)
            guard let engine = engines[id], engine.isAlive else { return }
            if engine.ignoresTerminate { return }
            engines[id]?.isTerminating = true
            if engine.running.isEmpty { events.add(.dies(id, "asked to"), at: now + random.milliseconds(0...200)) }
        case .kill(let id): events.add(.dies(id, "killed"), at: now + random.milliseconds(0...20))
        case .resolve(let request, let admission):
            guard let stream = streams[request] else {
                throw Violation(description: "\(request) was resolved after its end")
            }
            try judge.resolved(request, of: stream.arrival.service, admission, now: now)
            try answer(request, admission)
        case .stateChanged(let id, let old, let new, _):
            try judge.changed(id, from: old, to: new, now: now)
            ledger.changed(id, to: new, now: now)
        case .occupied(let id, let isOccupied):
            try judge.occupied(id, isOccupied, now: now)
            ledger.occupied(id, isOccupied, now: now)
        case .settled(let request):
            try judge.settled(request, now: now)
            ledger.settled(request, now: now)
        case .note: break
        }
    }

    // MARK: - What happens

    private mutating func happen(_ event: SimulationEvent) throws {
        let time = clock()
        note((now, event))
        switch event {
        case .arrive(let index): try arrive(scenario.arrivals[index], number: index)
        case .change(let index): try change(scenario.changes[index].change)
        case .tell(let id, let event):
            judge.told(event, of: id)
            plane.handle(event, of: id, now: time)
        case .becomesHealthy(let id): becomeHealthy(id)
        case .dies(let id, let reason): die(id, reason)
        case .hangs(let id): hang(id)
        case .recovers(let id): recover(id)
        case .connected(let request, let attempt): connect(request, attempt)
        case .token(let request, let attempt): try giveToken(request, attempt)
        case .broken(let request, let attempt, let kind): try lose(request, attempt, kind)
        case .watch(let request, let attempt): try watch(request, attempt)
        case .leaves(let request): try end(request, .clientGone(streams[request]?.usage ?? TokenUsage()))
        case .ledgerLooks:
            if ledger.look(now: now) { events.add(.ledgerHasWritten, at: now + random.milliseconds(1...20)) }
        case .ledgerHasWritten: ledger.ended(now: now, random: &random)
        }
    }

    private mutating func change(_ change: Scenario.Change) throws {
        let time = clock()
        switch change {
        case .settings(let settings, let machine):
            guard judge.shutDownAt == nil else { return }
            let numbered = settings.map { judge.numbered($0) }
            judge.settings = Dictionary(uniqueKeysWithValues: numbered.map { ($0.name, $0) })
            judge.machine = machine
            judge.stopped.formIntersection(numbered.map(\.name))
            plane.reconfigure(numbered, machine: machine, now: time)
        case .wake(let service): plane.wake(service, now: time)
        case .keepWarm(let service, let isWarm): plane.keepWarm(service, isWarm, now: time)
        case .stop(let service):
            if judge.settings[service] != nil { judge.stopped.insert(service) }
            plane.stop(service, now: time)
        case .start(let service):
            judge.stopped.remove(service)
            plane.start(service, now: time)
        case .dies: try die()
        case .diskFull(let isFull): ledger.isDiskFull = isFull
        case .clockJumps(let seconds): ledger.wallOffset += seconds * 1_000_000
        case .shutDown:
            judge.shutDownAt = now
            plane.shutDown(now: now)
        }
    }

    /// The platform's process is killed. Its leases end every engine, clients see their connections break, and what the
    /// ledger had not written is gone. It is started again, with the policies that it had kept.
    private mutating func die() throws {
        guard judge.shutDownAt == nil else { return }
        let wasFull = ledger.isDiskFull
        ledger.die(random: &random)
        try judge.died(ledger.table, wasDiskFull: wasFull, now: now)
        for service in ["a", "b", "c"] { drawn[service] = ledger.table.generated(by: service) }
        engines = [:]
        streams = [:]
        let services = judge.settings.values.map { judge.numbered($0) }.sorted { $0.name < $1.name }
        var kept: [String: any ScalingPolicy] = [:]
        for service in services { kept[service.name] = plane.policy(of: service.name) }
        plane = Self.plane(services, machine: judge.machine, now: now, kind: kind, seed: scenario.seed, kept: kept)
    }

    func hold(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: message()) }
    }

    /// For whoever replays a seed: the scenario, what happened at last, and the platform's state.
    func show() {
        print(scenario.services, scenario.machine, scenario.faults, separator: "\n")
        for change in scenario.changes { print(change) }
        print(log.suffix(400).joined(separator: "\n"))
        print(plane.snapshot(now: now).services.map { "\($0)" }.joined(separator: "\n"))
    }

    mutating func note(_ what: Any) {
        if isLogging { log.append("\(what)") }
    }
}
