import Autoscaling
import Control

extension PlatformSimulation {
    mutating func arrive(_ arrival: Scenario.Arrival, number: Int) throws {
        let request = RequestID(rawValue: UInt64(number + 1))
        let asked = RequestArrival(
            id: request, service: arrival.service, tenant: arrival.tenant,
            size: RequestSize(promptTokens: arrival.promptTokens, maximumTokens: arrival.tokens + number % 3),
            affinity: arrival.affinity)
        let time = clock()
        let admission = plane.submit(asked, now: time)
        note((request, admission))
        try judge.arrived(asked, admission, now: now)
        if case .refused = admission { return }
        streams[request] = SimulatedStream(arrival: arrival, request: request)
        if let patience = arrival.patience { events.add(.leaves(request), at: now + patience) }
        try answer(request, admission)
    }

    /// What a dispatch, a place in the queue or a refusal makes the gateway do.
    mutating func answer(_ request: RequestID, _ admission: Admission) throws {
        switch admission {
        case .queued: streams[request]?.instance = nil
        case .dispatched(let dispatch):
            streams[request]?.attempt = dispatch.attempt
            streams[request]?.instance = dispatch.instance
            streams[request]?.lastToken = now
            events.add(.connected(request, attempt: dispatch.attempt), at: now + random.milliseconds(0...3))
        case .refused(let failure):
            streams[request]?.instance = nil
            try end(request, .failed(streams[request]?.usage ?? TokenUsage(), code: failure.code.rawValue))
        }
    }

    mutating func connect(_ request: RequestID, _ attempt: Int) {
        guard let stream = streams[request], stream.attempt == attempt, let id = stream.instance else { return }
        guard engines[id]?.isAlive == true, engines[id]?.isServing == true else {
            return events.add(.broken(request, attempt: attempt, .connectFailed), at: now)
        }
        if random.chance(scenario.faults.badAnswer), now < scenario.end {
            return events.add(.broken(request, attempt: attempt, .badAnswer), at: now + random.milliseconds(0...5))
        }
        engines[id]?.running[request] = attempt
        let prefill = Duration.milliseconds(stream.arrival.promptTokens + stream.received.count)
        events.add(.token(request, attempt: attempt), at: now + prefill)
        events.add(.watch(request, attempt: attempt), at: now + .seconds(6))
    }

    /// The engine draws the next token, and the client has it.
    mutating func giveToken(_ request: RequestID, _ attempt: Int) throws {
        guard let stream = streams[request], stream.attempt == attempt, let id = stream.instance,
            let engine = engines[id], engine.running[request] == attempt
        else { return }
        if engine.isHung {
            engines[id]?.stuck.append((request, attempt))
            return
        }
        try hold(stream.received.count < stream.arrival.tokens, "\(request) gets more tokens than it asked for")
        engines[id]?.generated += 1
        streams[request]?.received.append(stream.received.count)
        streams[request]?.lastToken = now
        if stream.received.count + 1 == stream.arrival.tokens {
            guard let usage = streams[request]?.usage else { return }
            return try end(request, .completed(usage, status: 200, timeToFirstToken: .milliseconds(10)))
        }
        if random.chance(200) { plane.progress(request, generatedTokens: stream.received.count + 1, now: now) }
        events.add(.token(request, attempt: attempt), at: now + random.milliseconds(5...200))
    }

    /// The connection to the instance broke: the gateway asks for another, with what the client has.
    mutating func lose(_ request: RequestID, _ attempt: Int, _ kind: InstanceLoss.Kind) throws {
        guard let stream = streams[request], stream.attempt == attempt, let id = stream.instance else { return }
        stopWork(on: request, at: id, isCut: true)
        let isResumable = judge.settings[id.service]?.isResumable ?? false
        let loss = InstanceLoss(
            kind: kind, detail: kind.rawValue, isRetryable: stream.received.isEmpty || isResumable,
            deliveredTokens: stream.received.count)
        let time = clock()
        let admission = plane.retry(request, after: loss, now: time)
        note((request, admission))
        try judge.retried(request, from: id, tenant: stream.arrival.tenant, admission, now: now)
        try answer(request, admission)
    }

    mutating func watch(_ request: RequestID, _ attempt: Int) throws {
        guard let stream = streams[request], stream.attempt == attempt, stream.instance != nil else { return }
        if now - stream.lastToken >= .seconds(6) { return try lose(request, attempt, .timedOut) }
        events.add(.watch(request, attempt: attempt), at: stream.lastToken + .seconds(6))
    }

    /// The request's end: told to the control plane once, whatever happened.
    mutating func end(_ request: RequestID, _ outcome: RequestOutcome) throws {
        guard let stream = streams.removeValue(forKey: request) else { return }
        if case .completed = outcome {
            try hold(
                stream.received == Array(0..<stream.arrival.tokens),
                "\(request) got \(stream.received), not all in order")
        }
        if let id = stream.instance {
            var isCut = true
            if case .completed = outcome { isCut = false }
            stopWork(on: request, at: id, isCut: isCut)
        }
        judge.finished(request, of: stream.arrival.service, at: stream.instance)
        let time = clock()
        plane.finish(request, outcome, now: time)
    }
}
