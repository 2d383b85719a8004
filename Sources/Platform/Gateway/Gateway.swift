package import Control
package import Identity
package import Logging
import Glibc
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The front door: HTTP/1.1 and HTTP/2, with or without TLS, for everybody who calls models or looks at the platform.
///
/// Requests for models are relayed on their connection's event loop, without a task or a thread between; everything
/// else goes to the site. `run` returns after a graceful shutdown, or when it is cancelled, which waits for nothing.
package final class Gateway: Service {
    let core: GatewayCore
    private let options: GatewayOptions
    private let onListening: @Sendable (Int) async -> Void
    private let loops = Mutex<[NIOLoopBoundBox<LoopState>]>([])

    /// - Parameters:
    ///   - platformMetrics: more of the page at /metrics, in Prometheus's format.
    ///   - onListening: called once connections are accepted, with the port in use.
    /// - Throws: when the certificate cannot be used.
    package init(
        settings: GatewayOptions, broker: any RequestBroker, callers: any CallerDirectory, catalogue: ServiceCatalogue,
        site: (any SiteHandler)? = nil, platformMetrics: @escaping @Sendable () -> String = { "" }, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws(GatewayError) {
        options = settings
        self.onListening = onListening
        let certificate = try ServerCertificate.load(settings)
        core = GatewayCore(
            settings: LiveSettings(options: settings, catalogue: catalogue, serverTLS: certificate?.context),
            broker: broker, callers: callers, site: site, platformMetrics: platformMetrics, logger: logger)
        for warning in certificate?.warnings ?? [] { logger.warning("\(warning)") }
    }

    /// Takes new limits, authentication and certificates for all requests to come, and for connections to come their
    /// TLS. What cannot change live keeps its old value.
    ///
    /// - Throws: when the certificate cannot be used; all stays as it was.
    package func reload(_ settings: GatewayOptions) throws(GatewayError) {
        let certificate = try ServerCertificate.load(settings)
        for warning in certificate?.warnings ?? [] { core.logger.warning("\(warning)") }
        // A port is either plain or secured for as long as it is open.
        let wasSecured = core.settings.serverTLS != nil
        let context = wasSecured ? certificate?.context ?? core.settings.serverTLS : nil
        apply(LiveSettings(options: settings, catalogue: core.settings.catalogue, serverTLS: context))
    }

    /// Takes new services for all requests to come.
    package func setCatalogue(_ catalogue: ServiceCatalogue) {
        let now = core.settings
        apply(LiveSettings(options: now.options, catalogue: catalogue, serverTLS: now.serverTLS))
    }

    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.eventLoops))
        do {
            try await serve(group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try? await group.shutdownGracefully()
    }

    private func serve(_ group: MultiThreadedEventLoopGroup) async throws {
        let states = group.makeIterator().map { loop in
            NIOLoopBoundBox.makeBoxSendingValue(LoopState(loop: loop, core: core), eventLoop: loop)
        }
        loops.withLock { $0 = states }
        let listeners = try await Listening(core: core, states: states).bind(options, on: group)
        if let port = listeners.first?.localAddress?.port {
            core.logger.info("listening", metadata: ["address": "\(options.listen.host):\(port)"])
            await onListening(port)
        }
        let isGraceful = (try? await gracefulShutdown()) != nil
        for listener in listeners { try? await listener.close() }
        if isGraceful { await drain(states) }
        for state in states { state.eventLoop.execute { state.value.cut() } }
        // Connections close on their loops after this; the group waits for them.
        if let path = options.administrationSocket { unlink(path) }
    }

    /// Waits until nothing is in flight, at most as long as the options say.
    private func drain(_ states: [NIOLoopBoundBox<LoopState>]) async {
        for state in states { state.eventLoop.execute { state.value.drain() } }
        let deadline = NIODeadline.now() + core.settings.options.timeouts.shutdown
        while core.counters.inFlight.load(ordering: .relaxed) > 0, NIODeadline.now() < deadline {
            // In a task of its own: the one that shuts down may be cancelled already, and would not wait.
            await Task.detached { try? await Task.sleep(for: .milliseconds(20)) }.value
        }
        let left = core.counters.inFlight.load(ordering: .relaxed)
        if left > 0 { core.logger.warning("requests are cut off by the shutdown", metadata: ["in_flight": "\(left)"]) }
    }

    private func apply(_ settings: LiveSettings) {
        core.apply(settings)
        for state in loops.withLock({ $0 }) { state.eventLoop.execute { state.value.apply(settings) } }
    }
}
