import Control
import Conversations
import Dispatch
import Foundation
import Glibc
import Gateway
import Identity
import Instances
import Logging
import Metering
import PlatformConfiguration
import Runtime
import ServiceLifecycle
import Storage
import Synchronization

/// The parts of `pronk up`, wired: configuration → plans → platform, ledger and keys beside it, the gateway in front.
struct PlatformAssembly {
    private let data: DataOptions
    private let load: @Sendable () throws -> Configuration
    private let logger: Logger
    private let configuration: Configuration
    private let machine = Machine.resources()
    private let place: ServicePlan.Place
    private let keys: KeyStore
    private let ledger: Ledger
    private let platform: Platform
    private let gateway: Gateway
    private let site: SiteAssembly

    init(
        data: DataOptions, load: @escaping @Sendable () throws -> Configuration, makesDemo: Bool, logger: Logger,
        version: String
    ) throws {
        self.data = data
        self.load = load
        self.logger = logger
        configuration = try load()
        place = ServicePlan.Place(
            executable: "/proc/self/exe", dataFolder: data.path,
            socketFolder: try SocketFolder.make(dataFolder: data.path).path)
        let database = try Database(
            path: Self.path(configuration.storage.database, in: data.path),
            modules: [KeyStore.schema, Ledger.schema, ChatStore.schema])
        keys = try KeyStore(database: database)
        ledger = try Ledger(database: database) { [logger] notice in
            logger.warning("\(notice)")
        }
        let plans = try ServicePlans.make(configuration, machine: machine, place: place, data: data)
        platform = Platform(
            plans: plans, machine: machine, place: place, driver: MultiDriver(), sink: LedgerSink(ledger: ledger),
            logger: logger)
        let administration = AdministrationSite(platform: platform, dataFolder: data.path, version: version) { since in
            try BillReport(since: since, by: .day, from: database, timeZone: .current)
        }
        let site = SiteAssembly(
            database: database,
            models: PlatformModels(platform: platform, transcription: configuration.chat.transcription),
            administration: administration, data: data, transcription: configuration.chat.transcription,
            version: version, logger: logger)
        self.site = site
        gateway = try Gateway(
            settings: GatewayOptions(configuration.gateway, data: data), broker: platform, callers: keys,
            catalogue: ServiceCatalogue(plans), site: site.site,
            platformMetrics: platform.metrics, logger: logger
        ) { [configuration] port in
            await Announcement(configuration, port: port, accounts: site.accounts, makesDemo: makesDemo).show(logger)
        }
        ServicePlans.setTerms(configuration, in: ledger)
    }

    /// In the order in which they start; they end the other way round, the gateway first.
    var services: [any Service] {
        [LedgerService(ledger: ledger), KeyService(keys: keys, logger: logger), platform, gateway] + site.services
    }

    /// Reads the file again whenever SIGHUP comes. What is wrong with it is logged, and everything goes on as it was.
    func reloadOnHangup() -> any DispatchSourceSignal {
        signal(SIGHUP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "pronk.reload"))
        let running = Mutex(configuration)
        source.setEventHandler {
            running.withLock { running in
                do {
                    try reload(&running)
                } catch {
                    logger.error("pronk.yaml was not taken; all goes on as before\n\(error)")
                }
            }
        }
        source.resume()
        return source
    }

    private func reload(_ running: inout Configuration) throws {
        let change = ConfigurationChange(from: running, to: try load())
        let plans = try ServicePlans.make(change.applicable, machine: machine, place: place, data: data)
        try gateway.reload(GatewayOptions(change.applicable.gateway, data: data))
        platform.reconfigure(plans, machine: machine)
        gateway.setCatalogue(ServiceCatalogue(plans))
        ServicePlans.setTerms(change.applicable, in: ledger)
        running = change.applicable
        for line in change.isEmpty ? ["nothing changed"] : change.lines { logger.notice("reload: \(line)") }
    }

    private static func path(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
