internal import Autoscaling
internal import Routing

extension ControlPlane {
    package mutating func handle(_ event: InstanceEvent, of instance: InstanceID, now: Duration) {
        let now = advance(to: now)
        // An instance that is gone from the tables may still be talked of: its end was told twice, or came late.
        guard let place = placeOfService[instance.service], let index = services[place].index(of: instance.number)
        else { return }
        switch event {
        case .launched(let endpoint, let processID):
            services[place].instances[index].endpoint = endpoint
            services[place].instances[index].processID = processID
            _ = services[place].instances[index].life.handle(.launched)
        case .healthy: healthy(index, of: place, now: now)
        case .unhealthy(let reason): unhealthy(index, of: place, because: reason, now: now)
        case .exited(let reason): gone(index, of: place, .exited, because: reason, now: now)
        case .launchFailed(let reason): gone(index, of: place, .launchFailed, because: reason, now: now)
        }
    }

    // MARK: - Health

    private mutating func healthy(_ index: Int, of place: Int, now: Duration) {
        services[place].instances[index].unhealthySince = nil
        services[place].instances[index].suspectUntil = nil
        if let old = services[place].instances[index].life.handle(.healthy) {
            let instance = services[place].instances[index]
            let took = now - instance.launchedAt
            services[place].instances[index].readyAt = now
            services[place].instances[index].idleSince = now
            services[place].pool.add(instance.number)
            services[place].starts.record(took, tier: instance.tier)
            services[place].policy.record(.instanceReady(after: took, tier: instance.tier), now: now)
            services[place].backoff.becameReady()
            services[place].totals.coldStarts.observe(took / .seconds(1))
            changed(index, of: place, from: old, because: "healthy \(took.text) s after its launch", now: now)
        }
        refreshEligibility(of: index, at: place, now: now)
        look(place, now: now)
        lookAtBlocked(now: now)
    }

    private mutating func unhealthy(_ index: Int, of place: Int, because reason: String, now: Duration) {
        guard services[place].instances[index].life.state == .ready else { return }
        services[place].instances[index].lastTrouble = reason
        guard services[place].instances[index].unhealthySince == nil else { return }
        services[place].instances[index].unhealthySince = now
        note(place, "\(services[place].instances[index].number) gets no requests: \(reason)")
        refreshEligibility(of: index, at: place, now: now)
        look(place, now: now)
    }

    /// An instance lost a request. Until its health or time clears it, it gets no other; if it goes on like this, it is
    /// replaced. Requests that were lost together count once.
    mutating func suspect(_ number: Int, of place: Int, because loss: InstanceLoss, now: Duration) {
        guard let index = services[place].index(of: number),
            services[place].instances[index].life.state == .ready,
            services[place].instances[index].suspectUntil == nil
        else { return }
        services[place].instances[index].lastTrouble = loss.detail
        services[place].instances[index].losses += 1
        services[place].instances[index].suspectUntil = now + Limits.suspicion
        if services[place].instances[index].losses >= Limits.lossesInARow, !services[place].settings.isRemote {
            return condemn(
                index, of: place, because: "lost \(Limits.lossesInARow) requests in a row, at last: \(loss.detail)",
                now: now)
        }
        refreshEligibility(of: index, at: place, now: now)
    }

    /// Tells the pool, and hands out what waits if the instance has become eligible.
    mutating func refreshEligibility(of index: Int, at place: Int, now: Duration) {
        let instance = services[place].instances[index]
        services[place].pool.setEligible(instance.number, instance.isEligible)
        refreshReadiness(of: place, now: now)
        refreshExpiry(of: place)
        if instance.isEligible { drainQueue(of: place, now: now) }
    }

    private mutating func refreshReadiness(of place: Int, now: Duration) {
        let isReady = services[place].instances.contains { $0.life.state == .ready && $0.unhealthySince == nil }
        if isReady {
            services[place].noneReadySince = nil
            if services[place].wakeHold == .untilReady {
                services[place].wakeHold = .until(now + services[place].settings.limits.idle)
                services[place].lastActivity = now
            }
        } else if services[place].noneReadySince == nil {
            services[place].noneReadySince = now
        }
    }

    // MARK: - Ends

    /// Turns an instance unready. It is told to end when its last request has left, however long that takes.
    mutating func drain(_ index: Int, of place: Int, because reason: String, now: Duration) {
        guard let old = services[place].instances[index].life.handle(.drain) else { return }
        changed(index, of: place, from: old, because: reason, now: now)
        refreshEligibility(of: index, at: place, now: now)
        let number = services[place].instances[index].number
        if (services[place].pool[number]?.inFlight ?? 0) == 0 { terminate(index, of: place, now: now) }
    }

    mutating func terminate(_ index: Int, of place: Int, now: Duration) {
        guard services[place].instances[index].ending == nil else { return }
        _ = services[place].instances[index].life.handle(.end)
        services[place].instances[index].ending = .terminating(killAt: now + services[place].settings.grace)
        effects.append(.terminate(services[place].id(services[place].instances[index].number)))
        refreshExpiry(of: place)
    }

    /// Ends a broken instance at once; its requests, if it has any, go elsewhere as their connections break.
    private mutating func condemn(_ index: Int, of place: Int, because reason: String, now: Duration) {
        let instance = services[place].instances[index]
        guard !instance.life.isCondemned else { return }
        fail(instance, of: place, because: reason, now: now)
        if let old = services[place].instances[index].life.handle(.condemn) {
            changed(index, of: place, from: old, because: reason, now: now)
        }
        refreshEligibility(of: index, at: place, now: now)
        kill(index, of: place, now: now)
        giveUpIfHopeless(place, now: now)
    }

    private mutating func kill(_ index: Int, of place: Int, now: Duration) {
        _ = services[place].instances[index].life.handle(.end)
        services[place].instances[index].ending = .killing(again: now + Limits.killAgain)
        effects.append(.kill(services[place].id(services[place].instances[index].number)))
        refreshExpiry(of: place)
    }

    /// Counts a misfortune.
    private mutating func fail(_ instance: Instance, of place: Int, because reason: String, now: Duration) {
        services[place].policy.record(.instanceFailed, now: now)
        if let readyAt = instance.readyAt {
            services[place].totals.crashes += 1
            services[place].backoff.crashed(reason, served: now - readyAt, now: now)
        } else {
            services[place].totals.failedStarts += 1
            services[place].backoff.startFailed(reason, start: instance.launchedAt, now: now)
        }
    }

    private mutating func gone(
        _ index: Int, of place: Int, _ event: InstanceLifecycle.Event, because reason: String, now: Duration
    ) {
        let instance = services[place].instances[index]
        if instance.life.state != .draining { fail(instance, of: place, because: reason, now: now) }
        if let old = services[place].instances[index].life.handle(event) {
            changed(index, of: place, from: old, because: reason, now: now)
        }
        if instance.readyAt != nil { services[place].lastEnd = now }
        services[place].pool.remove(instance.number)
        services[place].instances.remove(at: index)
        refreshReadiness(of: place, now: now)
        refreshExpiry(of: place)
        giveUpIfHopeless(place, now: now)
        look(place, now: now)
        lookAtBlocked(now: now)
        for other in services.indices where services[other].decision.desired > services[other].serving {
            services[other].look(at: now + Limits.urgentLook)
        }
    }

    /// Tells those who wait that the service does not start, when nothing that could still serve them is there.
    private mutating func giveUpIfHopeless(_ place: Int, now: Duration) {
        guard services[place].backoff.isHopeless, services[place].serving == 0 else { return }
        let service = services[place]
        refuseAll(of: place, .startFailed(service, retryAfter: service.backoff.notBefore - now), now: now)
    }

    mutating func changed(
        _ index: Int, of place: Int, from old: InstanceState, because reason: String, now: Duration
    ) {
        services[place].instances[index].stateSince = now
        let instance = services[place].instances[index]
        effects.append(
            .stateChanged(services[place].id(instance.number), from: old, to: instance.life.state, reason: reason))
    }

    // MARK: - Time

    /// When something is due for an instance.
    func deadline(of instance: Instance, in place: Int) -> Duration? {
        switch instance.ending {
        case .terminating(let killAt): return killAt
        case .killing(let again): return again
        case nil: break
        }
        let settings = services[place].settings
        switch instance.life.state {
        case .starting: return settings.isRemote ? nil : instance.launchedAt + settings.longestStart
        case .ready:
            let times = [
                instance.suspectUntil,
                settings.isRemote ? nil : instance.unhealthySince.map { $0 + Limits.unhealthy },
                instance.hasProved ? nil : instance.readyAt.map { $0 + Limits.provenService },
            ]
            return times.compactMap { $0 }.min()
        case .draining: return shutDownAt.map { $0 + settings.grace }
        case .stopped, .failed: return nil
        }
    }

    /// Follows every change of an instance.
    mutating func refreshExpiry(of place: Int) {
        services[place].expiry = services[place].instances.compactMap { deadline(of: $0, in: place) }.min()
    }

    mutating func expireInstances(of place: Int, now: Duration) {
        // From behind: what ends here stays in the table until its driver says that it is gone.
        for index in services[place].instances.indices.reversed() {
            let instance = services[place].instances[index]
            guard let due = deadline(of: instance, in: place), due <= now else { continue }
            expire(index, of: place, now: now)
        }
        refreshExpiry(of: place)
    }

    private mutating func expire(_ index: Int, of place: Int, now: Duration) {
        let instance = services[place].instances[index]
        if instance.ending != nil {
            note(place, "\(instance.number) did not end in time and is killed")
            return kill(index, of: place, now: now)
        }
        switch instance.life.state {
        case .starting:
            let limit = services[place].settings.longestStart
            condemn(index, of: place, because: "was not healthy within \(limit.seconds) s", now: now)
            look(place, now: now)
        case .ready:
            if let since = instance.unhealthySince, since + Limits.unhealthy <= now, !services[place].settings.isRemote
            {
                let trouble = instance.lastTrouble ?? "no answer"
                condemn(
                    index, of: place, because: "unhealthy for \(Limits.unhealthy.seconds) s: \(trouble)", now: now)
                return look(place, now: now)
            }
            if let readyAt = instance.readyAt, !instance.hasProved, readyAt + Limits.provenService <= now {
                services[place].instances[index].hasProved = true
                if instance.unhealthySince == nil { services[place].backoff.proved() }
            }
            if let suspectUntil = instance.suspectUntil, suspectUntil <= now {
                services[place].instances[index].suspectUntil = nil
                refreshEligibility(of: index, at: place, now: now)
            }
        case .draining: terminate(index, of: place, now: now)
        case .stopped, .failed: break
        }
    }
}
