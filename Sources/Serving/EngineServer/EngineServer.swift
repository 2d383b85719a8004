package import Engine
import HummingbirdCore
package import Logging
import NIOCore
import NIOPosix
import Observability
import OpenAIAPI
import ServiceLifecycle

/// One engine behind HTTP: OpenAI's API, health, metrics.
///
/// `run` returns when a graceful shutdown has drained the server, when the lease has closed, or when the task is
/// cancelled; only the first waits for requests in flight.
package struct EngineServer: Service, CustomStringConvertible {
    package struct Options: Sendable {
        package var listen: ListenAddress
        /// What clients call the model; nil: what its checkpoint calls it.
        package var modelName: String?
        /// How long requests in flight may go on after a graceful shutdown began.
        package var gracePeriod: Duration
        /// The descriptor whose end of file ends the server at once; nil: none.
        package var lease: Int32?
        /// How long a client may leave written data unread.
        package var stalledReaderTimeout: Duration
        /// What /version answers.
        package var version: String
        /// Called once requests are accepted, with the address in use, where a port of 0 has become a real one.
        package var onListening: @Sendable (ListenAddress) async -> Void

        package init(
            listen: ListenAddress, modelName: String? = nil, gracePeriod: Duration = .seconds(30),
            lease: Int32? = nil,
            stalledReaderTimeout: Duration = .seconds(Limits.stalledReaderSeconds), version: String = "unknown",
            onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
        ) {
            self.listen = listen
            self.modelName = modelName
            self.gracePeriod = gracePeriod
            self.lease = lease
            self.stalledReaderTimeout = stalledReaderTimeout
            self.version = version
            self.onListening = onListening
        }
    }

    let generator: any TextGenerator
    let options: Options
    let logger: Logger
    let inFlight = InFlightRequests()
    let connections = OpenConnections()

    /// Service groups print their services; without this, reflection would walk through the whole engine at each start.
    package var description: String { "EngineServer(\(options.listen))" }

    package init(generator: any TextGenerator, options: Options, logger: Logger) {
        self.generator = generator
        self.options = options
        self.logger = logger
    }

    package func run() async throws {
        if case .unix(let path) = options.listen { try UnixSocketFile.removeIfStale(path) }
        // One loop: the token path is light, and the cores belong to the engine.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = makeServer(group)
        let (events, report) = AsyncStream.makeStream(of: ServerLife.Event.self)
        // Detached from the task-local graceful shutdown, which would close the port before the drain.
        let serving = Task.detached {
            defer { report.yield(.serverEnded) }
            try await server.run()
        }
        let lastEvent = await live(events, report, group)
        await close(server, serving)
        // After all else: whoever still used the loop would wait for ever.
        try? await group.shutdownGracefully()
        if lastEvent == .serverEnded { do { try await serving.value } catch { throw explain(error) } }
    }

    /// Carries out what `ServerLife` decides, until the server has to close; returns why, or nil if it was cancelled.
    private func live(
        _ events: AsyncStream<ServerLife.Event>, _ report: AsyncStream<ServerLife.Event>.Continuation,
        _ loops: any EventLoopGroup
    ) async -> ServerLife.Event? {
        var life = ServerLife()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { if (try? await gracefulShutdown()) != nil { report.yield(.shutdownRequested) } }
            if let descriptor = options.lease {
                group.addTask {
                    await Lease(descriptor: descriptor).waitUntilClosed(loops)
                    report.yield(.leaseClosed)
                }
            }
            var lastEvent: ServerLife.Event?
            events: for await event in events {
                switch life.handle(event) {
                case .none: break
                case .drain:
                    logger.info(
                        "draining",
                        metadata: [
                            LogKey.inFlight: "\(inFlight.count)", LogKey.seconds: "\(options.gracePeriod.seconds)",
                        ])
                    inFlight.beginDraining()
                    group.addTask { await waitForDrain(report) }
                    group.addTask {
                        try? await Task.sleep(for: options.gracePeriod)
                        report.yield(.graceEnded)
                    }
                case .close:
                    lastEvent = event
                    break events
                }
            }
            group.cancelAll()
            inFlight.beginDraining()
            inFlight.cancelAll(.serverDraining)
            return lastEvent
        }
    }

    private func waitForDrain(_ report: AsyncStream<ServerLife.Event>.Continuation) async {
        await generator.drain()
        await inFlight.waitUntilNone()
        report.yield(.drained)
    }

    /// Lets answers that are being written end, for a moment, then cuts what is still connected.
    private func close(_ server: Server<HTTP1Channel>, _ serving: Task<Void, any Error>) async {
        let cut = Task {
            try await Task.sleep(for: .seconds(Limits.settleSeconds))
            connections.closeAll()
        }
        try? await server.shutdownGracefully()
        _ = await serving.result
        cut.cancel()
        if case .unix(let path) = options.listen { UnixSocketFile.remove(path) }
    }
}
