internal import Autoscaling

/// One instance as the control plane knows it; what weighs on it stands in the service's `InstancePool`.
struct Instance: Sendable {
    /// How far its end has come.
    enum Ending: Sendable {
        /// Told to finish; killed at `killAt`.
        case terminating(killAt: Duration)
        case killing(again: Duration)
    }
    let number: Int
    /// What it takes of the machine, as settings were when it started.
    let need: Resources
    /// Settings that it was started from; another revision's instances are replaced.
    let revision: String
    let tier: StartTier
    let launchedAt: Duration
    var life = InstanceLifecycle()
    var stateSince: Duration
    var readyAt: Duration?
    var endpoint: Endpoint?
    var processID: Int32?
    var unhealthySince: Duration?
    var lastTrouble: String?
    /// It lost a request, and gets none before then unless its health says otherwise.
    var suspectUntil: Duration?
    /// Without a request finished between them.
    var losses = 0
    var ending: Ending?
    var idleSince: Duration
    var usage = TokenUsage()
    var requests = 0
    var hasProved = false

    init(number: Int, settings: ServiceSettings, tier: StartTier, now: Duration) {
        self.number = number
        need = settings.need
        revision = settings.revision
        self.tier = tier
        launchedAt = now
        stateSince = now
        idleSince = now
    }

    /// It may get requests, as far as it itself is concerned.
    var isEligible: Bool {
        life.state == .ready && unhealthySince == nil && suspectUntil == nil && endpoint != nil
    }
    /// It counts as one of those that serve or will serve.
    var counts: Bool {
        life.state == .starting || life.state == .ready && unhealthySince == nil
    }
}
