/// What `GET /api/admin/status` answers and `pronk status` shows: everything that runs, at one moment.
package struct StatusReport: Codable, Sendable, Equatable {
    package var version: String
    /// Seconds since the platform began.
    package var uptime: Double
    package var machine: Machine
    package var services: [Service]

    package struct Machine: Codable, Sendable, Equatable {
        package var cores: Double
        package var memoryBytes: Int
        /// Promised to the instances that there are.
        package var usedCores: Double
        package var usedMemoryBytes: Int
    }

    package struct Service: Codable, Sendable, Equatable {
        package var name: String
        /// `native`, `command` or `url`.
        package var engine: String
        /// `asleep`, `starting`, `queued`, `ready`, `failed`, or `retired` when it is no longer in the file.
        package var state: String
        package var desired: Int
        package var minimum: Int
        package var maximum: Int
        /// Requests that wait.
        package var queued: Int
        package var inFlight: Int
        /// Over the last seconds.
        package var tokensPerSecond: Double
        package var requests: Int
        package var generatedTokens: Int
        package var coldStarts: Int
        package var restarts: Int
        /// The autoscaler's last word.
        package var reason: String
        package var lastFailure: String?
        /// Percent and seconds left of a start in progress, from the measured history.
        package var wakePercent: Int?
        package var wakeRemaining: Double?
        package var instances: [Instance]
    }

    package struct Instance: Codable, Sendable, Equatable {
        package var id: String
        package var state: String
        /// Seconds since its start.
        package var age: Double
        package var inFlight: Int
        package var memoryBytes: Int?
        /// Processor time since its start.
        package var processorSeconds: Double?
        package var generatedTokens: Int
        /// What is wrong with it now.
        package var trouble: String?
    }
}
