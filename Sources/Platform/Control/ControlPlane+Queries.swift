internal import Autoscaling
internal import Routing

extension ControlPlane {
    package func wakeProgress(of service: String, now: Duration) -> WakeProgress {
        guard let place = configured(service) else { return WakeProgress(state: .asleep) }
        let now = max(now, latest)
        let state = services[place]
        guard !state.isStopped else { return WakeProgress(state: .stopped) }
        let length = state.queue.count
        if state.pool.hasEligible { return WakeProgress(state: length == 0 ? .ready : .queued, queueLength: length) }
        // The one that will be ready first, as far as history tells.
        let starting = state.instances.filter { $0.life.state == .starting }
        let nearest = starting.compactMap { state.starts.progress(elapsed: now - $0.launchedAt, tier: $0.tier) }
            .min { $0.remaining < $1.remaining }
        if !starting.isEmpty {
            return WakeProgress(
                state: .starting, percent: nearest.map { min(max($0.percent, 0), 99) }, remaining: nearest?.remaining,
                queueLength: length)
        }
        if state.backoff.isHopeless { return WakeProgress(state: .failed, queueLength: length) }
        return WakeProgress(state: length == 0 ? .asleep : .queued, queueLength: length)
    }

    /// Why a request waited and where it went; nil when it is not among the last that ended, nor under way.
    package func explanation(of request: RequestID) -> RequestExplanation? {
        requests[request]?.story ?? ended[request]
    }

    /// The same by the id that callers see.
    package func explanation(named name: String) -> RequestExplanation? {
        requests.values.first { $0.story.name == name }?.story ?? ended.newest(named: name)
    }

    package func snapshot(now: Duration) -> PlatformSnapshot {
        let now = max(now, latest)
        let holdings = services.map { service in
            service.settings.isRemote ? Resources() : service.instances.reduce(Resources()) { $0 + $1.need }
        }
        return PlatformSnapshot(
            machine: machine, free: holdings.reduce(machine) { $0 - $1 }.atLeastZero, isShuttingDown: isShuttingDown,
            services: services.indices.filter { !services[$0].isRetired || !services[$0].instances.isEmpty }
                .map { snapshot(of: $0, now: now) })
    }

    private func snapshot(of place: Int, now: Duration) -> ServiceSnapshot {
        let service = services[place]
        var queue = service.queued
        queue.oldestWait = now - (service.queue.oldest.flatMap { requests[$0]?.enqueuedAt } ?? now)
        return ServiceSnapshot(
            name: service.settings.name, isRetired: service.isRetired,
            wake: wakeProgress(of: service.settings.name, now: now), desired: service.decision.desired,
            decision: service.decision.reason, decidedAgo: service.decidedAt.map { now - $0 }, queue: queue,
            waitingTenants: service.queue.tenants,
            inFlight: service.pool.members.reduce(0) { $0 + $1.inFlight },
            instances: service.instances.map { snapshot(of: $0, in: service, now: now) },
            totals: service.totals,
            lastFailure: service.backoff.lastReason.isEmpty ? nil : service.backoff.lastReason,
            nextStart: service.backoff.streak > 0 && service.backoff.notBefore > now
                ? service.backoff.notBefore - now : nil,
            waitsForRoom: service.blockedSince == nil
                ? nil : placement(for: place).refusal(of: service.settings.name, need: service.settings.need))
    }

    private func snapshot(of instance: Instance, in service: ServiceState, now: Duration) -> InstanceSnapshot {
        let load = service.pool[instance.number]
        return InstanceSnapshot(
            id: service.id(instance.number), state: instance.life.state, processID: instance.processID,
            age: now - instance.launchedAt, stateAge: now - instance.stateSince, inFlight: load?.inFlight ?? 0,
            pendingPromptTokens: load?.pendingPromptTokens ?? 0, generatingTokens: load?.generatedTokens ?? 0,
            requests: instance.requests, usage: instance.usage,
            trouble: instance.unhealthySince != nil || instance.suspectUntil != nil ? instance.lastTrouble : nil)
    }
}
