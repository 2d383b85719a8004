package import Autoscaling

/// The platform at one moment, for `pronk status` and `/metrics`.
package struct PlatformSnapshot: Sendable {
    package var machine: Resources
    package var free: Resources
    package var isShuttingDown: Bool
    package var services: [ServiceSnapshot]
}

/// One service at one moment.
package struct ServiceSnapshot: Sendable {
    package var name: String
    /// No longer configured; its last instances drain.
    package var isRetired: Bool
    package var wake: WakeProgress
    package var desired: Int
    /// What the autoscaler last said, and how long ago.
    package var decision: String
    package var decidedAgo: Duration?
    package var queue: QueuedWork
    package var waitingTenants: Int
    package var inFlight: Int
    package var instances: [InstanceSnapshot]
    package var totals: ServiceTotals
    /// Why the last instance failed.
    package var lastFailure: String?
    /// Until the next start may be tried; nil when it may now.
    package var nextStart: Duration?
    /// Why an instance that is wanted has no room.
    package var waitsForRoom: String?
}

/// One instance at one moment.
package struct InstanceSnapshot: Sendable {
    package var id: InstanceID
    package var state: InstanceState
    package var processID: Int32?
    /// Since it was launched, and since it is in its state.
    package var age: Duration
    package var stateAge: Duration
    package var inFlight: Int
    package var pendingPromptTokens: Int
    /// Tokens that the requests in flight have given so far.
    package var generatingTokens: Int
    /// Requests that it ended with, and their tokens.
    package var requests: Int
    package var usage: TokenUsage
    /// What is wrong with it now.
    package var trouble: String?
}
