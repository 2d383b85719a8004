import Autoscaling
package import Control
import Foundation
package import Instances
package import PlatformConfiguration

/// One service of the file, made ready to run: what the control plane decides by, and how its instances are started.
package struct ServicePlan: Sendable {
    package var configuration: ServiceConfiguration
    package var settings: ServiceSettings
    package var program: InstanceSpecification.Program
    /// Tokens; 0 where only the instance knows.
    package private(set) var contextLength = 0
    /// Seconds since 1970 at which it was planned, for lists of models.
    package let created = Int(Date().timeIntervalSince1970)

    /// What the service's model is called where it comes from; nil: nobody says.
    package var modelName: String? {
        switch configuration.engine {
        case .native(let model): model
        case .command: nil
        case .url(_, _, let modelName): modelName
        }
    }

    /// Where this program and its data are, as far as instances need to know.
    package struct Place: Sendable {
        /// This program's own file, which native engines and keepers are started from.
        package var executable: String
        package var dataFolder: String
        package var socketFolder: String

        package init(executable: String, dataFolder: String, socketFolder: String) {
            self.executable = executable
            self.dataFolder = dataFolder
            self.socketFolder = socketFolder
        }

        func logPath(_ id: InstanceID) -> String { "\(dataFolder)/logs/\(id.service)/\(id.number).log" }

        /// Above all numbers that have a log.
        func firstUnusedNumber(of service: String) -> Int {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(dataFolder)/logs/\(service)")) ?? []
            return 1 + (files.compactMap { file in file.split(separator: ".").first.flatMap { Int($0) } }.max() ?? 0)
        }
    }

    /// - Parameter inspect: looks a native model up by name or path.
    /// - Throws: `RuntimeError` when the service cannot run here: no such model, no secret.
    package init(
        _ configuration: ServiceConfiguration, machine: Resources, place: Place,
        inspect: (String) throws -> NativeModel
    ) throws {
        self.configuration = configuration
        var need = Resources(
            cores: configuration.resources.cores ?? 0, memoryBytes: configuration.resources.memoryBytes ?? 0)
        var isResumable = false, isRemote = false
        switch configuration.engine {
        case .native(let model):
            let native = try inspect(model).limited(by: configuration.arguments)
            contextLength = native.contextLength
            let cores = configuration.resources.cores ?? machine.cores
            let fixed = native.imageBytes + Limits.nativeOverheadBytes
            let kvBytes =
                configuration.resources.memoryBytes.map { $0 - fixed }
                ?? native.defaultKVBytes(target: configuration.scale.target, machineBytes: machine.memoryBytes)
            guard kvBytes >= native.kvBytesPerToken * native.contextLength else {
                throw RuntimeError(
                    .invalidService,
                    "services.\(configuration.name).resources.memory: \(model) needs at least "
                        + "\(fixed + native.kvBytesPerToken * native.contextLength) bytes for its weights and one full "
                        + "context of \(native.contextLength) tokens: give more, or a smaller --context in arguments.")
            }
            need = Resources(cores: cores, memoryBytes: fixed + kvBytes)
            isResumable = true
            program = .native(
                executable: place.executable, model: model,
                arguments: [
                    "--data", place.dataFolder, "--served-model-name", configuration.name, "--threads",
                    String(max(1, Int(cores.rounded()))), "--kv-memory",
                    String(kvBytes), "--max-sequences", String(configuration.scale.concurrency),
                ] + configuration.arguments)
        case .command(let arguments):
            program = .command(keeper: place.executable, arguments: arguments)
        case .url(let url, let key, let modelName):
            isRemote = true
            program = .remote(try Self.endpoint(url, key: key, modelName: modelName, service: configuration.name))
        }
        settings = ServiceSettings(configuration, need: need, isResumable: isResumable, isRemote: isRemote)
        settings.revision =
            "\(configuration.engine) \(program) \(configuration.environment) \(configuration.health.path)"
        settings.firstInstance = place.firstUnusedNumber(of: configuration.name)
    }

    /// How an instance of the service is started.
    func specification(_ id: InstanceID, place: Place) -> InstanceSpecification {
        InstanceSpecification(
            id: id, program: program, environment: configuration.environment,
            memoryLimitBytes: memoryLimit, healthPath: configuration.health.path, socketFolder: place.socketFolder,
            logPath: place.logPath(id), gracePeriod: settings.grace)
    }

    /// Native engines keep to what they are told; others are held to what the file says, if it says so.
    private var memoryLimit: Int? {
        if case .command = program { configuration.resources.memoryBytes } else { nil }
    }

    private static func endpoint(
        _ url: String, key: ServiceConfiguration.Secret?, modelName: String?, service: String
    ) throws(RuntimeError) -> Endpoint {
        guard let parts = URLComponents(string: url), let host = parts.host,
            let scheme = parts.scheme, ["http", "https"].contains(scheme)
        else {
            throw RuntimeError(
                .invalidService, "services.\(service).url: '\(url)' is no address: write https://HOST/v1.")
        }
        let isSecure = scheme == "https"
        var path = parts.path
        while path.hasSuffix("/") { path.removeLast() }
        // Requests bring their own /v1.
        if path.hasSuffix("/v1") { path.removeLast(3) }
        return Endpoint(
            address: .tcp(host: host, port: parts.port ?? (isSecure ? 443 : 80)), isSecure: isSecure, basePath: path,
            bearer: try key.map { key throws(RuntimeError) in try read(key, service: service) }, modelName: modelName)
    }

    private static func read(_ secret: ServiceConfiguration.Secret, service: String) throws(RuntimeError) -> String {
        let value: String?
        let source: String
        switch secret {
        case .environment(let name):
            value = ProcessInfo.processInfo.environment[name]
            source = "the environment variable \(name)"
        case .file(let path):
            value = try? String(contentsOfFile: path, encoding: .utf8)
            source = "the file \(path)"
        }
        let key = value?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard !key.isEmpty else {
            throw RuntimeError(.invalidService, "services.\(service).key: \(source) is missing or empty.")
        }
        return key
    }
}

extension ServiceSettings {
    init(_ service: ServiceConfiguration, need: Resources, isResumable: Bool, isRemote: Bool) {
        let scale = service.scale
        self.init(
            name: service.name, policy: scale.policy == .kpa ? .kpa : .pronk,
            limits: ScalingLimits(
                minimum: scale.min, maximum: scale.max, target: scale.target, idle: scale.idle,
                scaleDownDelay: scale.scaleDownDelay),
            coldStartTimeout: scale.coldStart, queueLimit: scale.queue, instanceConcurrency: scale.concurrency,
            need: need, isResumable: isResumable, isRemote: isRemote)
    }
}

extension ServiceConfiguration.Engine {
    /// As `engine:` in the file says it.
    var name: String {
        switch self {
        case .native: "native"
        case .command: "command"
        case .url: "url"
        }
    }
}
