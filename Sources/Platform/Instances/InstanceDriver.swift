package import Control

/// Runs instances of one kind.
package protocol InstanceDriver: Sendable {
    /// Starts an instance and returns at once; what happens to it is told to `report`, on any thread, in order, and
    /// ends with `.exited` or `.launchFailed`, exactly once.
    func launch(
        _ specification: InstanceSpecification, report: @escaping @Sendable (InstanceEvent) -> Void
    ) -> any RunningInstance
}

/// A hold on one instance. Its lease is open as long as this process lives.
package protocol RunningInstance: Sendable {
    /// SIGTERM: finish what is in flight, then exit.
    func terminate()
    /// SIGKILL, to the whole process group.
    func kill()
    /// nil once it is gone.
    func usage() -> InstanceUsage?
}

/// What an instance takes of the machine now.
package struct InstanceUsage: Sendable, Equatable {
    /// Of the whole process group; shared pages counted in proportion where the system tells (PSS).
    package var memoryBytes: Int
    /// Seconds of processor time since its start.
    package var processorSeconds: Double

    package init(memoryBytes: Int, processorSeconds: Double) {
        self.memoryBytes = memoryBytes
        self.processorSeconds = processorSeconds
    }
}

/// Everything that it takes to start one instance.
package struct InstanceSpecification: Sendable {
    package enum Program: Sendable {
        /// `pronk engine` for a packed model, on a Unix socket of its own, with a lease.
        case native(executable: String, model: String, arguments: [String])
        /// Any program with the instance contract, under `pronk keep`. `{host}`, `{port}` and `{key}` in its arguments
        /// are filled in; HOST, PORT and PRONK_INSTANCE_KEY stand in its environment.
        case command(keeper: String, arguments: [String])
        /// A remote OpenAI API: nothing is started, its health is watched.
        case remote(Endpoint)
    }
    package var id: InstanceID
    package var program: Program
    /// Beside a minimal inherited set (PATH, HOME, LANG, TZ).
    package var environment: [String: String]
    /// Enforced where the system allows it; nil: none.
    package var memoryLimitBytes: Int?
    package var healthPath: String
    /// Where sockets are made; short, because a socket's path has 107 bytes at most.
    package var socketFolder: String
    /// The instance's log, rotated.
    package var logPath: String
    package var gracePeriod: Duration

    package init(
        id: InstanceID, program: Program, environment: [String: String] = [:], memoryLimitBytes: Int? = nil,
        healthPath: String = "/healthz", socketFolder: String, logPath: String, gracePeriod: Duration = .seconds(30)
    ) {
        self.id = id
        self.program = program
        self.environment = environment
        self.memoryLimitBytes = memoryLimitBytes
        self.healthPath = healthPath
        self.socketFolder = socketFolder
        self.logPath = logPath
        self.gracePeriod = gracePeriod
    }
}
