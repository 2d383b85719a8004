import Control

extension PlatformSimulation {
    /// Faults happen until the scenario's end only, so that every run comes to rest.
    private mutating func strikes(_ perThousand: Int) -> Bool { now < scenario.end && random.chance(perThousand) }

    mutating func launch(_ id: InstanceID) {
        guard let settings = judge.settings[id.service] else { return }
        let faults = scenario.faults
        let isBroken = faults.broken.map { $0.service == id.service && $0.from <= now && now < $0.to } ?? false
        if strikes(faults.launchFails) || isBroken && random.chance(500) {
            return events.add(.tell(id, .launchFailed(reason: "no such file")), at: now + random.milliseconds(0...50))
        }
        let engine = SimulatedEngine(id: id, settings: settings, ignoresTerminate: strikes(faults.ignoresTerminate))
        engines[id] = engine
        let started = now + random.milliseconds(0...50)
        events.add(.tell(id, .launched(engine.endpoint, processID: 1)), at: started)
        var ready = started + random.milliseconds(10...3000)
        if strikes(faults.startsSlowly) { ready += random.milliseconds(1000...30_000) }
        if isBroken || strikes(faults.exitsEarly) {
            return events.add(.dies(id, "exited with status 1"), at: started + random.milliseconds(1...4000))
        }
        if strikes(faults.neverHealthy) { return }
        events.add(.becomesHealthy(id), at: ready)
        if strikes(faults.crashes) {
            let moment = started + random.milliseconds(0...30_000)
            if moment < scenario.end { events.add(.dies(id, "signal 9"), at: moment) }
        }
        if strikes(faults.hangs) {
            let moment = ready + random.milliseconds(0...20_000)
            if moment < scenario.end { events.add(.hangs(id), at: moment) }
        }
    }

    mutating func becomeHealthy(_ id: InstanceID) {
        guard engines[id]?.isAlive == true else { return }
        engines[id]?.isServing = true
        events.add(.tell(id, .healthy), at: now + random.milliseconds(0...20))
    }

    mutating func die(_ id: InstanceID, _ reason: String) {
        guard let engine = engines[id], engine.isAlive else { return }
        engines[id]?.isAlive = false
        for (request, attempt) in engine.running.sorted(by: { $0.key < $1.key }) {
            // The step that was under way: drawn, and read by nobody.
            if random.chance(300) {
                engines[id]?.generated += 1
                engines[id]?.wasted += 1
            }
            events.add(.broken(request, attempt: attempt, .connectionClosed), at: now + random.milliseconds(0...30))
        }
        drawn[id.service, default: 0] += (engines[id]?.generated ?? 0) - (engines[id]?.wasted ?? 0)
        engines[id] = nil
        events.add(.tell(id, .exited(reason: reason)), at: now + random.milliseconds(0...30))
    }

    mutating func hang(_ id: InstanceID) {
        guard engines[id]?.isAlive == true else { return }
        engines[id]?.isHung = true
        events.add(.tell(id, .unhealthy("no answer for 2 s")), at: now + random.milliseconds(1000...3000))
        if random.chance(500) { events.add(.recovers(id), at: now + random.milliseconds(3000...40_000)) }
    }

    mutating func recover(_ id: InstanceID) {
        guard let engine = engines[id], engine.isAlive else { return }
        engines[id]?.isHung = false
        engines[id]?.stuck = []
        for (request, attempt) in engine.stuck {
            events.add(.token(request, attempt: attempt), at: now + random.milliseconds(0...20))
        }
        events.add(.tell(id, .healthy), at: now + random.milliseconds(0...500))
    }

    /// The engine's side of a request's end.
    mutating func stopWork(on request: RequestID, at id: InstanceID, isCut: Bool) {
        guard let engine = engines[id], engine.running[request] != nil else { return }
        engines[id]?.running[request] = nil
        if isCut, random.chance(300) {
            engines[id]?.generated += 1
            engines[id]?.wasted += 1
        }
        if engine.isTerminating, engine.running.count == 1 {
            events.add(.dies(id, "asked to"), at: now + random.milliseconds(0...50))
        }
    }
}
