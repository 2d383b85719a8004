/// What a driver tells of an instance.
package enum InstanceEvent: Sendable, Equatable {
    /// It runs, and will be spoken to there.
    case launched(Endpoint, processID: Int32?)
    /// Its health path answered 200.
    case healthy
    /// Its health path answered otherwise or not in time, after it had been healthy.
    case unhealthy(String)
    /// It is gone: asked for or not. `reason` is a sentence ("exited with status 3: no such file").
    case exited(reason: String)
    /// It could not be launched at all.
    case launchFailed(reason: String)
}

/// What the shell has to do.
package enum Effect: Sendable {
    case launch(InstanceID)
    /// SIGTERM: finish what is in flight within the grace period, then exit.
    case terminate(InstanceID)
    case kill(InstanceID)
    /// Tells a request that waited; never for one that `submit` or `retry` answered itself.
    case resolve(RequestID, Admission)
    /// For the ledger.
    case stateChanged(InstanceID, from: InstanceState, to: InstanceState, reason: String)
    /// For the ledger: it got a request while it had none, or its last one left.
    case occupied(InstanceID, Bool)
    /// For the ledger, exactly once for each accepted request.
    case settled(SettledRequest)
    /// For the log.
    case note(service: String, String)
}

/// The states of an instance's life.
package enum InstanceState: String, Sendable, CaseIterable, Codable {
    case starting, ready, draining, stopped, failed
}

/// One request's end, for the ledger.
package struct SettledRequest: Sendable {
    package var id: RequestID
    package var service: String
    package var tenant: String
    package var instance: InstanceID?
    package var outcome: RequestOutcome
    package var waited: Duration
    package var duration: Duration
    package var attempts: Int
    /// The id that callers see.
    package var name: String

    package init(
        id: RequestID, service: String, tenant: String, instance: InstanceID?, outcome: RequestOutcome,
        waited: Duration, duration: Duration, attempts: Int, name: String = ""
    ) {
        self.id = id
        self.service = service
        self.tenant = tenant
        self.instance = instance
        self.outcome = outcome
        self.waited = waited
        self.duration = duration
        self.attempts = attempts
        self.name = name
    }
}
