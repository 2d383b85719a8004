internal import Autoscaling
internal import Routing

extension ControlPlane {
    /// Asks the policy soon: at once for the first request that waits, and a moment later for the rest of a burst.
    mutating func lookSoon(_ place: Int, now: Duration) {
        let isFirst = services[place].instances.isEmpty && services[place].queue.count == 1
        let next = services[place].decidedAt.map { $0 + Limits.urgentLook } ?? now
        if isFirst || next <= now { return look(place, now: now) }
        services[place].look(at: next)
    }

    /// Asks the service's policy, and does what it says within the contract's bounds.
    mutating func look(_ place: Int, now: Duration) {
        guard !isShuttingDown, !services[place].isRetired, !services[place].isStopped else {
            services[place].lookAt = nil
            return
        }
        if services[place].isInUse { services[place].lastActivity = now }
        let placement = placement(for: place)
        let desired: Int
        if services[place].settings.isRemote {
            services[place].decision = ScalingDecision(desired: 1, reason: "a remote service is always there")
            desired = 1
        } else {
            let oldest = services[place].queue.oldest.flatMap { requests[$0]?.enqueuedAt }
            let fleet = services[place].fleet(
                roomForMore: placement.room(for: services[place].settings.need), oldestWait: now - (oldest ?? now),
                now: now)
            services[place].decision = services[place].policy.decide(fleet, now: now)
            let floor = services[place].floor(now: now)
            desired = min(max(services[place].decision.desired, floor), services[place].maximum)
        }
        services[place].decidedAt = now
        services[place].lookAt = nextLook(place, now: now)
        let serving = services[place].serving
        if desired > serving {
            raise(place, by: desired - serving, placement, now: now)
        } else {
            setBlocked(place, nil)
            if desired < serving { lower(place, by: serving - desired, now: now) }
        }
    }

    /// When the policy wants to be asked again; at the end of the idle time in any case.
    private func nextLook(_ place: Int, now: Duration) -> Duration? {
        let service = services[place]
        guard !service.settings.isRemote else { return nil }
        let idle = service.instances.isEmpty ? nil : service.lastActivity + service.settings.limits.idle
        let times = [
            service.decision.nextCheck.map { max($0, now + Limits.urgentLook) }, idle.flatMap { $0 > now ? $0 : nil },
        ]
        return times.compactMap { $0 }.min()
    }

    // MARK: - Up

    private mutating func raise(_ place: Int, by wanted: Int, _ placement: Placement, now: Duration) {
        var missing = wanted - revive(place, atMost: wanted, now: now)
        guard missing > 0 else { return }
        let service = services[place]
        missing = min(missing, service.maximum - service.ofThisRevision)
        if service.backoff.streak > 0 {
            guard service.backoff.notBefore <= now else {
                return services[place].look(at: service.backoff.notBefore)
            }
            // One at a time, until one start has shown that starts work again.
            if service.backoff.failedStarts > 0 { missing = min(missing, 1 - service.starting) }
        }
        guard missing > 0 else { return }
        guard !service.settings.isRemote else { return launch(place, now: now) }
        let fitting = min(missing, placement.room(for: service.settings.need))
        for _ in 0..<fitting { launch(place, now: now) }
        if fitting > 0 || service.serving > 0 {
            setBlocked(place, nil)
            return
        }
        let refusal = placement.refusal(of: service.settings.name, need: service.settings.need)
        guard placement.canEverFit(service.settings.need) else {
            setBlocked(place, nil)
            let failure = RequestFailure(.noRoom, refusal, retryAfter: Limits.retryAfterNoRoom)
            return refuseAll(of: place, failure, now: now)
        }
        if services[place].blockedSince == nil {
            setBlocked(place, now)
            note(place, refusal)
        }
        services[place].look(at: now + Limits.roomLook)
        if !service.queue.isEmpty { evict(for: place, placement, now: now) }
    }

    /// Takes back instances that drain and were not told to end: they are warm, and nothing is quicker.
    private mutating func revive(_ place: Int, atMost: Int, now: Duration) -> Int {
        var revived = 0
        for index in services[place].instances.indices where revived < atMost {
            let instance = services[place].instances[index]
            guard instance.revision == services[place].settings.revision, instance.unhealthySince == nil,
                let old = services[place].instances[index].life.handle(.revive)
            else { continue }
            changed(index, of: place, from: old, because: "needed again", now: now)
            refreshEligibility(of: index, at: place, now: now)
            revived += 1
        }
        return revived
    }

    private mutating func launch(_ place: Int, now: Duration) {
        let number = services[place].nextNumber
        services[place].nextNumber += 1
        services[place].totals.launched += 1
        let tier = services[place].nextTier(now)
        services[place].instances.append(
            Instance(number: number, settings: services[place].settings, tier: tier, now: now))
        refreshExpiry(of: place)
        let id = services[place].id(number)
        effects.append(.stateChanged(id, from: .stopped, to: .starting, reason: services[place].decision.reason))
        effects.append(.launch(id))
    }

    // MARK: - Down

    private mutating func lower(_ place: Int, by surplus: Int, now: Duration) {
        for _ in 0..<surplus {
            guard let index = emptiest(of: place) else { return }
            drain(index, of: place, because: services[place].decision.reason, now: now)
        }
    }

    /// The instance whose end costs the least: one that only starts, else the one with the least to finish; of equals
    /// the youngest, because the oldest has the fullest prefix cache.
    private func emptiest(of place: Int) -> Int? {
        let service = services[place]
        func cost(_ instance: Instance) -> (Int, Int, Int, Int) {
            let load = service.pool[instance.number]
            return (
                instance.life.state == .starting ? 0 : 1, load?.inFlight ?? 0,
                (load?.pendingPromptTokens ?? 0) + (load?.remainingTokens ?? 0), -instance.number
            )
        }
        return service.instances.indices.filter { service.instances[$0].counts }
            .min { cost(service.instances[$0]) < cost(service.instances[$1]) }
    }

    // MARK: - Room

    mutating func setBlocked(_ place: Int, _ since: Duration?) {
        blocked += (since == nil ? 0 : 1) - (services[place].blockedSince == nil ? 0 : 1)
        services[place].blockedSince = since
    }

    func placement(for place: Int) -> Placement {
        let mine = services[place].blockedSince
        var reserved = Resources()
        for other in services.indices where other != place {
            guard let since = services[other].blockedSince else { continue }
            if let mine, (mine, place) < (since, other) { continue }
            reserved = reserved + services[other].settings.need
        }
        let holdings = services.map { service in
            Placement.Holding(
                service: service.settings.name, instances: service.settings.isRemote ? 0 : service.instances.count,
                resources: service.instances.reduce(Resources()) { $0 + $1.need })
        }
        return Placement(machine: machine, holdings: holdings, reserved: reserved)
    }

    /// Makes room for a service that has nothing and is waited for: ends instances of others that have nothing to do,
    /// the longest idle first, and only if that is enough.
    private mutating func evict(for place: Int, _ placement: Placement, now: Duration) {
        let need = services[place].settings.need
        // What ends already will give its room back.
        var expected = placement
        for other in services.indices {
            for instance in services[other].instances where instance.ending != nil {
                expected.machine = expected.machine + instance.need
            }
        }
        guard expected.room(for: need) == 0 else { return }
        var victims: [(place: Int, number: Int)] = []
        for idle in idleInstances(besides: place, now: now) where expected.room(for: need) == 0 {
            victims.append((idle.place, idle.number))
            expected.machine = expected.machine + idle.need
        }
        guard expected.room(for: need) > 0 else { return }
        for victim in victims {
            guard let index = services[victim.place].index(of: victim.number) else { continue }
            services[victim.place].totals.evictions += 1
            drain(
                index, of: victim.place, because: "idle, and its room is needed by \(services[place].settings.name)",
                now: now)
        }
    }

    /// Instances that may be ended for others, the longest idle first.
    private func idleInstances(
        besides place: Int, now: Duration
    ) -> [(place: Int, number: Int, need: Resources, since: Duration)] {
        var found: [(place: Int, number: Int, need: Resources, since: Duration)] = []
        for other in services.indices where other != place && !services[other].settings.isRemote {
            let service = services[other]
            guard service.queue.isEmpty else { continue }
            let kept = max(service.settings.limits.minimum, service.isKeptAwake(now) ? 1 : 0)
            let idle = service.instances.filter {
                $0.life.state == .ready && service.pool[$0.number]?.inFlight == 0
            }
            .sorted { ($0.idleSince, $0.number) < ($1.idleSince, $1.number) }
            for instance in idle.prefix(max(0, service.serving - kept)) {
                found.append((other, instance.number, instance.need, instance.idleSince))
            }
        }
        return found.sorted { ($0.since, $0.place, $0.number) < ($1.since, $1.place, $1.number) }
    }

    /// Room was given back, or an instance became idle: services that wait for it are looked at again, the one that
    /// waits longest first.
    mutating func lookAtBlocked(now: Duration) {
        guard blocked > 0 else { return }
        let waiting = services.indices.filter { services[$0].blockedSince != nil }
            .sorted { (services[$0].blockedSince ?? now, $0) < (services[$1].blockedSince ?? now, $1) }
        for place in waiting { look(place, now: now) }
    }
}
