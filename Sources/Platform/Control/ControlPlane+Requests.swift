internal import Autoscaling
internal import Routing

extension ControlPlane {
    package mutating func submit(_ arrival: RequestArrival, now: Duration) -> Admission {
        let now = advance(to: now)
        guard !isShuttingDown else { return .refused(.shuttingDown()) }
        guard let place = configured(arrival.service) else { return .refused(.unknownService(arrival.service)) }
        guard !services[place].isStopped else { return .refused(.stopped(arrival.service)) }
        if services[place].queue.isEmpty,
            let choice = services[place].pool.choose(
                affinity: arrival.affinity, promptTokens: arrival.size.promptTokens)
        {
            services[place].look(at: (services[place].decidedAt ?? now) + Limits.calmLook)
            var active = accept(arrival, at: place, now: now)
            let dispatch = hand(&active, to: choice, now: now)
            requests[arrival.id] = active
            return .dispatched(dispatch)
        }
        if let failure = refusal(at: place, now: now) {
            services[place].totals.refused[failure.code, default: 0] += 1
            return .refused(failure)
        }
        requests[arrival.id] = accept(arrival, at: place, now: now)
        enqueue(arrival.id, isReturned: false, now: now)
        lookSoon(place, now: now)
        return .queued
    }

    package mutating func retry(_ request: RequestID, after loss: InstanceLoss, now: Duration) -> Admission {
        let now = advance(to: now)
        guard var active = requests[request] else {
            return .refused(RequestFailure(.instanceLost, "the request has ended already"))
        }
        let place = active.service
        guard case .dispatched(let number) = active.phase else {
            if case .queued = active.phase { return .queued }
            return .refused(RequestFailure(.instanceLost, "the request was refused already"))
        }
        release(active, from: number, isDone: false, now: now)
        suspect(number, of: place, because: loss, now: now)
        active.lost(because: loss)
        defer { lookSoon(place, now: now) }

        if let failure = refusalOfRetry(of: active, after: loss) {
            active.phase = .refused
            active.story.end = .refused(failure)
            requests[request] = active
            services[place].totals.refused[failure.code, default: 0] += 1
            return .refused(failure)
        }
        services[place].totals.retries += 1
        if services[place].queue.isEmpty,
            let choice = services[place].pool.choose(affinity: active.affinity, promptTokens: active.promptTokens)
        {
            let dispatch = hand(&active, to: choice, now: now)
            requests[request] = active
            return .dispatched(dispatch)
        }
        requests[request] = active
        enqueue(request, isReturned: true, now: now)
        return .queued
    }

    package mutating func progress(_ request: RequestID, generatedTokens: Int, now: Duration) {
        let now = advance(to: now)
        guard let active = requests[request], case .dispatched(let number) = active.phase,
            generatedTokens > active.tokens
        else { return }
        services[active.service].pool.generated(
            number, tokens: active.counted(generatedTokens) - active.counted(active.tokens),
            promptTokens: active.tokens == 0 ? active.promptTokens : 0)
        services[active.service].lastActivity = now
        requests[request]?.tokens = generatedTokens
    }

    package mutating func finish(_ request: RequestID, _ outcome: RequestOutcome, now: Duration) {
        let now = advance(to: now)
        guard var active = requests.removeValue(forKey: request) else { return }
        let place = active.service
        switch active.phase {
        case .queued(let ticket):
            services[place].queue.remove(ticket)
            leaveQueue(&active, now: now)
            settle(active, outcome, instance: nil, now: now)
        case .dispatched(let number):
            learn(from: active, outcome, now: now)
            release(active, from: number, isDone: true, now: now)
            book(outcome, number: number, at: place, now: now)
            settle(active, outcome, instance: number, now: now)
            drainQueue(of: place, now: now)
            services[place].look(at: (services[place].decidedAt ?? now) + Limits.calmLook)
            // Its instance may be idle now, and another service may be waiting for its room.
            if blocked > 0 { lookAtBlocked(now: now) }
        case .refused:
            settle(active, outcome, instance: active.story.attempts.last?.instance, now: now)
        }
    }

    // MARK: - Coming

    private mutating func accept(_ arrival: RequestArrival, at place: Int, now: Duration) -> ActiveRequest {
        arrivals += 1
        services[place].totals.arrived += 1
        services[place].lastActivity = now
        services[place].policy.record(.arrived(arrival.size), now: now)
        return ActiveRequest(arrival, service: place, order: arrivals, now: now)
    }

    /// Why a request that has to wait may not; nil when it may.
    private func refusal(at place: Int, now: Duration) -> RequestFailure? {
        let service = services[place]
        if service.queue.count >= service.settings.queueLimit {
            return RequestFailure(
                .queueFull,
                "\(service.queue.count) requests wait for \(service.settings.name) already; try again later",
                retryAfter: wakeProgress(of: service.settings.name, now: now).remaining ?? Limits.retryAfter)
        }
        guard service.instances.isEmpty else { return nil }
        if service.backoff.isHopeless, now < service.backoff.notBefore {
            return .startFailed(service, retryAfter: service.backoff.notBefore - now)
        }
        let placement = placement(for: place)
        if !service.settings.isRemote, !placement.canEverFit(service.settings.need) {
            return RequestFailure(
                .noRoom, placement.refusal(of: service.settings.name, need: service.settings.need),
                retryAfter: Limits.retryAfterNoRoom)
        }
        return nil
    }

    private func refusalOfRetry(of active: ActiveRequest, after loss: InstanceLoss) -> RequestFailure? {
        let service = services[active.service]
        let what = "the instance of \(service.settings.name) that worked on it was lost (\(loss.detail))"
        if isShuttingDown { return .shuttingDown() }
        if !loss.isRetryable {
            return RequestFailure(.instanceLost, "\(what), and what it had sent cannot be continued")
        }
        if service.isStopped {
            return RequestFailure(.instanceLost, "\(what), and an administrator has stopped the service")
        }
        if service.isRetired {
            return RequestFailure(.instanceLost, "\(what), and the service was removed from the configuration")
        }
        if active.fruitlessAttempts >= Limits.attempts {
            return RequestFailure(.instanceLost, "\(what); \(active.attempts) instances were tried")
        }
        return nil
    }

    // MARK: - Waiting

    private mutating func enqueue(_ request: RequestID, isReturned: Bool, now: Duration) {
        guard let active = requests[request] else { return }
        let place = active.service
        let position = services[place].queue.count
        let tenant = active.story.tenant
        let ticket =
            isReturned
            ? services[place].queue.putBack(request, tenant: tenant, order: active.order)
            : services[place].queue.append(request, tenant: tenant, order: active.order, work: active.work)
        services[place].queued.add(active)
        requests[request]?.phase = .queued(ticket)
        requests[request]?.enqueuedAt = now
        if active.story.queuePosition == nil { requests[request]?.story.queuePosition = position }
        requests[request]?.story.decisionWhenQueued = services[place].decision.reason
    }

    private mutating func leaveQueue(_ active: inout ActiveRequest, now: Duration) {
        services[active.service].queued.subtract(active)
        active.story.waited += now - active.enqueuedAt
    }

    /// Hands out what waits, as long as an instance has room.
    mutating func drainQueue(of place: Int, now: Duration) {
        while services[place].pool.hasRoom, let request = services[place].queue.popFirst() {
            guard var active = requests[request],
                let choice = services[place].pool.choose(affinity: active.affinity, promptTokens: active.promptTokens)
            else { continue }
            leaveQueue(&active, now: now)
            let dispatch = hand(&active, to: choice, now: now)
            services[place].totals.waits.observe((now - active.enqueuedAt) / .seconds(1))
            requests[request] = active
            effects.append(.resolve(request, .dispatched(dispatch)))
        }
    }

    /// Refuses one that waits.
    mutating func refuse(_ request: RequestID, _ failure: RequestFailure, now: Duration) {
        guard var active = requests[request], case .queued(let ticket) = active.phase else { return }
        services[active.service].queue.remove(ticket)
        leaveQueue(&active, now: now)
        active.phase = .refused
        active.story.end = .refused(failure)
        requests[request] = active
        services[active.service].totals.refused[failure.code, default: 0] += 1
        effects.append(.resolve(request, .refused(failure)))
    }

    mutating func refuseAll(of place: Int, _ failure: RequestFailure, now: Duration) {
        while let request = services[place].queue.oldest { refuse(request, failure, now: now) }
    }

    // MARK: - Handing over

    private mutating func hand(_ active: inout ActiveRequest, to choice: InstanceChoice, now: Duration) -> Dispatch {
        let place = active.service
        let number = choice.number
        let id = services[place].id(number)
        let attempt = active.begin(
            RequestExplanation.Attempt(
                instance: number, at: now, reason: choice.reason,
                candidates: choice.reason == .onlyOne ? [] : services[place].pool.scores(affinity: active.affinity),
                loss: nil),
            decision: services[place].decision.reason)
        active.concurrency = services[place].pool.begin(
            number, promptTokens: active.promptTokens, mayGenerate: active.remaining)
        if active.concurrency == 1 { effects.append(.occupied(id, true)) }
        services[place].policy.record(.dispatched(waited: active.story.waited), now: now)
        return Dispatch(
            request: active.story.id, instance: id, endpoint: services[place].endpoint(of: number), attempt: attempt)
    }

    /// Takes a request off its instance, which may be gone; a draining one that has no other is told to end.
    private mutating func release(_ active: ActiveRequest, from number: Int, isDone: Bool, now: Duration) {
        let place = active.service
        services[place].lastActivity = now
        guard let index = services[place].index(of: number) else { return }
        let rest = services[place].pool.end(
            number, pendingPrompt: active.tokens == 0 ? active.promptTokens : 0,
            generated: active.counted(active.tokens), remaining: active.remaining, isDone: isDone)
        guard rest == 0 else { return }
        services[place].instances[index].idleSince = now
        effects.append(.occupied(services[place].id(number), false))
        if services[place].instances[index].life.state == .draining { terminate(index, of: place, now: now) }
    }

    // MARK: - The end

    private mutating func settle(
        _ active: ActiveRequest, _ outcome: RequestOutcome, instance: Int?, now: Duration
    ) {
        let place = active.service
        services[place].totals.finished += 1
        services[place].totals.usage += outcome.usage
        effects.append(
            .settled(
                SettledRequest(
                    id: active.story.id, service: active.story.service, tenant: active.story.tenant,
                    instance: instance.map { services[place].id($0) }, outcome: outcome, waited: active.story.waited,
                    duration: now - active.story.arrivedAt, attempts: active.attempts, name: active.story.name)))
        var story = active.story
        story.endedAt = now
        if story.end == nil { story.end = .outcome(outcome) }
        ended.append(story)
    }

    /// What a request's end says about its instance.
    private mutating func book(_ outcome: RequestOutcome, number: Int, at place: Int, now: Duration) {
        guard let index = services[place].index(of: number) else { return }
        services[place].instances[index].requests += 1
        services[place].instances[index].usage += outcome.usage
        guard case .completed = outcome else { return }
        services[place].instances[index].losses = 0
        if services[place].instances[index].suspectUntil != nil {
            services[place].instances[index].suspectUntil = nil
            refreshEligibility(of: index, at: place, now: now)
        }
    }

    private mutating func learn(from active: ActiveRequest, _ outcome: RequestOutcome, now: Duration) {
        guard case .completed(let usage, _, let first) = outcome else { return }
        let duration = now - active.dispatchedAt
        let place = active.service
        services[place].policy.record(
            .finished(
                RequestCost(
                    promptTokens: usage.prompt, generatedTokens: usage.generated, timeToFirstToken: first,
                    duration: duration, concurrency: active.concurrency)),
            now: now)
        guard let first, active.attempts == 1 else { return }
        if active.concurrency == 1 {
            services[place].pool.learn(prefillTokens: usage.prompt - usage.cached, seconds: first / .seconds(1))
        }
        services[place].pool.learn(
            decodedTokens: usage.generated - 1, seconds: (duration - first) / .seconds(1),
            concurrency: active.concurrency)
    }
}
