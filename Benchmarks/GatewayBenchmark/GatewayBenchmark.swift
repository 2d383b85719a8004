import ArgumentParser
import Autoscaling
import Control
import Crypto
import Gateway
import Identity
import Logging
import ServiceLifecycle
import Synchronization

/// The gateway in front of one instance that is always ready, for `Benchmarks/gateway.sh`: what it costs by itself.
///
/// Keys are checked as the product checks them, by their SHA-256. The broker dispatches at once, and its ledger is a
/// sum under a lock.
@main
struct GatewayBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "gateway-benchmark")

    @Option(help: "The port to listen on.") var port = 7870
    @Option(help: "The instance's port on 127.0.0.1.") var upstream: Int?
    @Option(help: "The instance's Unix socket.") var upstreamSocket: String?
    @Option(help: "Threads that serve connections.") var eventLoops = 2
    @Flag(help: "The instance speaks the native engine's protocol.") var native = false
    @Flag(help: "Measure the relaying of token events, print the figures as JSON, and end.") var events = false
    @Option(help: "How long each figure is measured.") var seconds = 5
    @Flag(help: "Write the access log, to standard error.") var log = false

    func run() async throws {
        if events { return try await measureEvents() }
        let endpoint: Endpoint
        if let upstreamSocket {
            endpoint = Endpoint(address: .unix(path: upstreamSocket), isResumable: native)
        } else {
            endpoint = Endpoint(address: .tcp(host: "127.0.0.1", port: upstream ?? 7871), isResumable: native)
        }
        try await services(endpoint, port: port) { _ in }.run()
    }

    private func services(
        _ endpoint: Endpoint, port: Int, onListening: @escaping @Sendable (Int) async -> Void
    ) throws -> ServiceGroup {
        var logger = Logger(label: "gateway-benchmark") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = log ? .info : .warning
        var options = GatewayOptions(listen: .init(port: port))
        options.eventLoops = eventLoops
        options.streamsPerCaller = 100_000
        options.connections = 100_000
        let gateway = try Gateway(
            settings: options, broker: OneInstance(endpoint), callers: OneKey(token: "benchmark"),
            catalogue: ServiceCatalogue([ServiceRoute(name: "m", defaults: .init(maxTokens: 512))]), logger: logger,
            onListening: onListening)
        return ServiceGroup(services: [gateway], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    }

    private func measureEvents() async throws {
        let relay = try await EventRelay()
        let endpoint = Endpoint(address: .tcp(host: "127.0.0.1", port: relay.port), isResumable: true)
        let (ports, report) = AsyncStream.makeStream(of: Int.self)
        let services = try services(endpoint, port: 0) { report.yield($0) }
        let running = Task { try await services.run() }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { return try await running.value }
        let direct = try await relay.measure(port: relay.port, isPaced: true, seconds: seconds)
        let relayed = try await relay.measure(port: port, isPaced: true, seconds: seconds)
        let fast = try await relay.measure(port: port, isPaced: false, seconds: seconds)
        await services.triggerGracefulShutdown()
        try await running.value
        print(
            """
            {"events_per_second": \(fast.rate), "added_event_p99_microseconds": \(relayed.last - direct.last), \
            "direct_event_p99_microseconds": \(direct.last), "paced_events_per_second": \(relayed.rate)}
            """)
    }
}

/// Dispatches every request to the same instance.
private final class OneInstance: RequestBroker {
    private let endpoint: Endpoint
    private let ledger = Mutex((requests: 0, tokens: 0))

    init(_ endpoint: Endpoint) { self.endpoint = endpoint }

    func submit(_ arrival: RequestArrival, waiting: any WaitingRequest) -> Admission {
        dispatch(arrival.id, attempt: 1)
    }

    func retry(_ request: RequestID, after loss: InstanceLoss, waiting: any WaitingRequest) -> Admission {
        .refused(RequestFailure(.instanceLost, "The benchmark's back end failed: \(loss.detail)."))
    }

    func progress(_ request: RequestID, generatedTokens: Int) {}

    func finish(_ request: RequestID, _ outcome: RequestOutcome) {
        guard case .completed(let usage, _, _) = outcome else { return }
        ledger.withLock {
            $0.requests += 1
            $0.tokens += usage.prompt + usage.generated
        }
    }

    func wake(_ service: String) {}
    func wakeProgress(of service: String) -> WakeProgress { WakeProgress(state: .ready) }

    private func dispatch(_ request: RequestID, attempt: Int) -> Admission {
        .dispatched(
            Dispatch(
                request: request, instance: InstanceID(service: "m", number: 1), endpoint: endpoint, attempt: attempt))
    }
}

/// Knows one key, by its digest.
private struct OneKey: CallerDirectory {
    private let callers: [[UInt8]: Caller]

    init(token: String) {
        callers = [Array(SHA256.hash(data: Array(token.utf8))): Caller(id: "key-1", name: "benchmark", scopes: [.chat])]
    }

    func caller(holding token: String) -> Caller? { callers[Array(SHA256.hash(data: Array(token.utf8)))] }
}
