import Control

/// What a specification means for the system: a program with its arguments and environment, and where it will be
/// spoken to.
struct LaunchPlan: Sendable {
    var executable: String
    var arguments: [String]
    var environment: [String: String]
    var endpoint: Endpoint
    var pace: HealthJudge.Pace
    /// Under `pronk keep`, which answers for all that the program starts.
    var isKept: Bool
    /// Of a kept program: known to nobody but its owner and itself.
    var key: String?
    var port: Int?

    /// - Parameter takePort: called for programs that listen on TCP; whoever gets the plan gives the port back.
    init(
        _ specification: InstanceSpecification, takePort: () throws(InstancesError) -> Int
    ) throws(InstancesError) {
        switch specification.program {
        case .native(let executable, let model, let arguments):
            try self.init(specification, engine: executable, model: model, arguments: arguments)
        case .command(let keeper, let arguments):
            try self.init(specification, keeper: keeper, command: arguments, takePort: takePort)
        case .remote:
            throw InstancesError(
                .invalidSpecification, "\(specification.id) is a remote API: there is nothing to start.")
        }
    }

    private init(
        _ specification: InstanceSpecification, engine: String, model: String, arguments: [String]
    ) throws(InstancesError) {
        let socket = try SocketFolder.socketPath(for: specification.id, in: specification.socketFolder)
        executable = try Program.find(engine, path: ProcessEnvironment.current["PATH"])
        let grace = specification.gracePeriod.wholeSeconds
        self.arguments =
            ["engine", "--model", model, "--listen", "unix:\(socket)", "--lease", "--grace", "\(grace)"] + arguments
        environment = ProcessEnvironment.minimal(adding: specification.environment)
        endpoint = Endpoint(address: .unix(path: socket), isResumable: true)
        pace = .native
        isKept = false
    }

    private init(
        _ specification: InstanceSpecification, keeper: String, command: [String],
        takePort: () throws(InstancesError) -> Int
    ) throws(InstancesError) {
        guard let name = command.first else {
            throw InstancesError(
                .invalidSpecification, "\(specification.id) has an empty command: name the program to run.")
        }
        var environment = ProcessEnvironment.minimal(adding: specification.environment)
        executable = try Program.find(keeper, path: ProcessEnvironment.current["PATH"])
        // Looked for here too, because here it can be told apart from a program that fails.
        _ = try Program.find(name, path: environment["PATH"])
        let host = "127.0.0.1"
        let port = try takePort()
        let key = Self.randomKey()
        environment["HOST"] = host
        environment["PORT"] = "\(port)"
        environment["PRONK_INSTANCE_KEY"] = key
        var arguments = ["keep", "--grace", "\(specification.gracePeriod.wholeSeconds)"]
        if let limit = specification.memoryLimitBytes { arguments += ["--memory", "\(limit)"] }
        self.arguments =
            arguments + ["--"] + command.map { Self.fill($0, ["host": host, "port": "\(port)", "key": key]) }
        self.environment = environment
        endpoint = Endpoint(address: .tcp(host: host, port: port), bearer: key)
        pace = .command
        isKept = true
        self.key = key
        self.port = port
    }

    /// Replaces `{name}` for the given names alone; other braces belong to the program.
    static func fill(_ argument: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = argument[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            let filled = values.first { rest.hasPrefix("{\($0.key)}") }
            result += filled?.value ?? "{"
            rest = rest.dropFirst(filled.map { $0.key.count + 2 } ?? 1)
        }
        return result + rest
    }

    /// 256 bits from the system.
    private static func randomKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

extension Duration {
    /// Rounded up.
    var wholeSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
