import Control
import Identity
import Logging
import NIOSSL
import Synchronization

/// What the gateway works with, on whatever thread.
final class GatewayCore: Sendable {
    let broker: any RequestBroker
    let callers: any CallerDirectory
    let site: (any SiteHandler)?
    let logger: Logger
    let counters = GatewayCounters()
    let limiter = CallerLimiter()
    let bodies = BodyBudget()
    let platformMetrics: @Sendable () -> String
    private let requests = Atomic<UInt64>(0)
    private let live: Mutex<LiveSettings>

    init(
        settings: LiveSettings, broker: any RequestBroker, callers: any CallerDirectory, site: (any SiteHandler)?,
        platformMetrics: @escaping @Sendable () -> String, logger: Logger
    ) {
        live = Mutex(settings)
        self.broker = broker
        self.callers = callers
        self.site = site
        self.platformMetrics = platformMetrics
        self.logger = logger
    }

    var settings: LiveSettings { live.withLock { $0 } }

    func apply(_ settings: LiveSettings) { live.withLock { $0 = settings } }

    func nextRequest() -> RequestID { RequestID(rawValue: requests.add(1, ordering: .relaxed).newValue) }
}

/// Options and services as they are at one time, with what is made of them once.
final class LiveSettings: Sendable {
    let options: GatewayOptions
    let catalogue: ServiceCatalogue
    /// nil: plain HTTP.
    let serverTLS: NIOSSLContext?
    /// Names in `Host` that are ours.
    let hosts: Set<String>
    private let clientTLS = Mutex<NIOSSLContext?>(nil)

    init(options: GatewayOptions, catalogue: ServiceCatalogue, serverTLS: NIOSSLContext?) {
        self.options = options
        self.catalogue = catalogue
        self.serverTLS = serverTLS
        hosts = Set(options.domains.map { $0.lowercased() } + [options.listen.host, "localhost", "127.0.0.1", "::1"])
    }

    /// Made when the first remote instance is spoken to: reading the system's authorities takes a while.
    func upstreamTLS() throws -> NIOSSLContext {
        try clientTLS.withLock { context in
            if let context { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.additionalTrustRoots = options.trustedAuthorities.map { .file($0) }
            configuration.applicationProtocols = ["http/1.1"]
            let made = try NIOSSLContext(configuration: configuration)
            context = made
            return made
        }
    }
}
