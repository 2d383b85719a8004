package import Autoscaling

/// What the control plane needs to know of a service.
package struct ServiceSettings: Sendable {
    package enum Policy: String, Sendable, CaseIterable {
        case pronk, kpa
    }
    package var name: String
    package var policy: Policy
    package var limits: ScalingLimits
    /// How long a request may wait for the service's first instance.
    package var coldStartTimeout: Duration
    /// Requests that may wait, over all tenants.
    package var queueLimit: Int
    /// Requests handed to one instance at a time.
    package var instanceConcurrency: Int
    /// What one instance takes of the machine.
    package var need: Resources
    /// A stream that was cut goes on on another instance.
    package var isResumable: Bool
    /// Always there, not ours to start or stop: a remote API.
    package var isRemote: Bool
    /// How long an instance gets to finish after `terminate`, before it is killed.
    package var grace: Duration
    /// What its instances are started from, as text that changes when that does (program, model, arguments): instances
    /// of another revision are drained and replaced.
    package var revision: String
    /// The number of its first instance, above all that were used before the platform was restarted.
    package var firstInstance: Int

    package init(
        name: String, policy: Policy = .pronk, limits: ScalingLimits, coldStartTimeout: Duration = .seconds(120),
        queueLimit: Int = 10_000, instanceConcurrency: Int = 64, need: Resources = Resources(),
        isResumable: Bool = false, isRemote: Bool = false, grace: Duration = .seconds(30),
        revision: String = "", firstInstance: Int = 1
    ) {
        self.name = name
        self.policy = policy
        self.limits = limits
        self.coldStartTimeout = coldStartTimeout
        self.queueLimit = queueLimit
        self.instanceConcurrency = instanceConcurrency
        self.need = need
        self.isResumable = isResumable
        self.isRemote = isRemote
        self.grace = grace
        self.revision = revision
        self.firstInstance = firstInstance
    }
}

/// Cores and memory, of a machine or of an instance.
package struct Resources: Sendable, Equatable {
    package var cores: Double
    package var memoryBytes: Int

    package init(cores: Double = 0, memoryBytes: Int = 0) {
        self.cores = cores
        self.memoryBytes = memoryBytes
    }
}
