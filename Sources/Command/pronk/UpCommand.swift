import ArgumentParser
import Foundation
import Glibc
import Logging
import PlatformConfiguration
import Runtime
import ServiceLifecycle

/// `pronk up`: the gateway and the platform behind it, until it is told to end.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start Pronk: the gateway, and engines when somebody asks for them.",
        discussion: """
            Reads pronk.yaml in the data folder, and writes one where there is none. No engine runs until a request
            comes; ten idle minutes later none runs again. SIGHUP reads the file again without dropping a stream.
            SIGTERM and Ctrl+C finish what is in flight and end everything.
            """)

    @Option(help: ArgumentHelp("Where to listen, instead of what the file says.", valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp("What to log on standard error: debug, info, warning or error.", valueName: "level"),
        transform: {
            guard let level = Logger.Level(rawValue: $0) else {
                throw ValidationError("'\($0)' is no log level: use debug, info, warning or error.")
            }
            return level
        })
    var logLevel = Logger.Level.info

    @Flag(help: "Make an account 'demo' with a random password, and print it.")
    var demo = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        // Instances and clients that end while they are written to are dealt with where it happens.
        signal(SIGPIPE, SIG_IGN)
        OpenFiles.raiseLimit()
        let lock = try DataLock(folder: options.data.path)
        defer { lock.release() }
        let assembly = try PlatformAssembly(
            data: options.data, load: { try load() }, makesDemo: demo, logger: makeLogger(),
            version: Pronk.configuration.version)
        let reload = assembly.reloadOnHangup()
        defer { reload.cancel() }
        var quiet = makeLogger()
        quiet.logLevel = max(logLevel, .warning)
        try await ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: assembly.services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        ).run()
    }

    private func load() throws -> Configuration {
        if options.file == nil, try DefaultConfiguration.write(to: options.path) {
            StandardError.write("Wrote \(options.path) with what most begin with.\n")
        }
        let flags = listen.map { [ConfigurationFlag(path: "gateway.listen", value: $0, flag: "--listen")] } ?? []
        return try options.load(flags: flags).configuration
    }

    private func makeLogger() -> Logger {
        var logger = Logger(label: "pronk") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }
}
