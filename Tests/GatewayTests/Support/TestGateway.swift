import AsyncHTTPClient
import Control
import Foundation
import Gateway
import Identity
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// A running gateway, and a client for it.
struct TestGateway {
    static let key = "pk-test"

    let port: Int
    let gateway: Gateway
    private let services: ServiceGroup

    /// Runs a gateway while `body` runs; afterwards every request must have ended exactly once.
    static func run(
        _ broker: FakeBroker, callers: FakeCallers = FakeCallers(), site: (any SiteHandler)? = nil,
        routes: [ServiceRoute] = [ServiceRoute(name: "m", created: 7, contextLength: 2048)],
        log: Mailbox<Logger.Metadata>? = nil, change: (inout GatewayOptions) -> Void = { _ in },
        body: (TestGateway) async throws -> Void
    ) async throws {
        let (ports, report) = AsyncStream.makeStream(of: Int.self)
        var options = GatewayOptions(listen: .init(port: 0))
        options.timeouts.shutdown = .seconds(5)
        change(&options)
        var logger = Logger(label: "test") { _ in MailboxLogHandler(mailbox: log) }
        logger.logLevel = log == nil ? .critical : .info
        let gateway = try Gateway(
            settings: options, broker: broker, callers: callers, catalogue: ServiceCatalogue(routes), site: site,
            platformMetrics: { "pronk_platform_up 1\n" }, logger: logger, onListening: { report.yield($0) })
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: gateway, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: logger))
        let running = Task {
            defer { report.finish() }
            try await services.run()
        }
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else { return try await running.value }
        let test = TestGateway(port: port, gateway: gateway, services: services)
        let result: Result<Void, any Error>
        do { result = .success(try await body(test)) } catch { result = .failure(error) }
        await services.triggerGracefulShutdown()
        try await running.value
        try result.get()
        broker.expectBalance()
    }

    func shutDown() async { await services.triggerGracefulShutdown() }

    func request(
        _ method: String, _ path: String, _ body: String? = nil, key: String? = TestGateway.key,
        headers: [(String, String)] = [], scheme: String = "http", client: HTTPClient = .shared
    ) async throws -> Reply {
        try await Reply(
            open(method, path, body, key: key, headers: headers, scheme: scheme, client: client))
    }

    /// An answer whose body has not been read.
    func open(
        _ method: String, _ path: String, _ body: String? = nil, key: String? = TestGateway.key,
        headers: [(String, String)] = [], scheme: String = "http", client: HTTPClient = .shared
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "\(scheme)://localhost:\(port)\(path)")
        request.method = .RAW(value: method)
        if let body { request.body = .bytes(Array(body.utf8)) }
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await client.execute(request, timeout: .seconds(30))
    }

    /// A POST whose body comes in small pieces without a length.
    func requestChunked(_ path: String, _ body: String, headers: [(String, String)]) async throws -> Reply {
        var request = HTTPClientRequest(url: "http://localhost:\(port)\(path)")
        request.method = .POST
        request.headers.add(contentsOf: .init(headers))
        request.headers.add(name: "authorization", value: "Bearer \(Self.key)")
        let pieces = Array(body.utf8).split(maxSplits: 20, omittingEmptySubsequences: false) { $0 == 0x0A }
        let whole = AsyncStream<ByteBuffer> { source in
            for (place, piece) in pieces.enumerated() {
                source.yield(ByteBuffer(bytes: place == 0 ? Array(piece) : [0x0A] + piece))
            }
            source.finish()
        }
        request.body = .stream(whole, length: .unknown)
        return try await Reply(HTTPClient.shared.execute(request, timeout: .seconds(30)))
    }

    func chat(_ body: String = #"{"model":"m","messages":[]}"#) async throws -> Reply {
        try await request("POST", "/v1/chat/completions", body)
    }
}

/// An answer with its whole body.
struct Reply {
    let status: Int
    let headers: HTTPHeaders
    let text: String
    let version: HTTPVersion

    init(_ response: HTTPClientResponse) async throws {
        status = Int(response.status.code)
        headers = response.headers
        version = response.version
        text = String(buffer: try await response.body.collect(upTo: 64 << 20))
    }

    /// The code in OpenAI's envelope.
    var code: String? { (error?["code"]) as? String }
    var message: String { (error?["message"]) as? String ?? "" }

    private var error: [String: Any]? {
        let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return json?["error"] as? [String: Any]
    }
}

/// Keys of which a test says who holds them.
struct FakeCallers: CallerDirectory {
    var callers: [String: Caller] = [
        TestGateway.key: Caller(id: "key-1", name: "test", scopes: [.chat, .admin]),
        "pk-wake": Caller(id: "key-2", name: "waker", scopes: [.chat, .wake]),
        "pk-slow": Caller(id: "key-3", name: "slow", scopes: [.chat], requestsPerMinute: 2),
        "pk-none": Caller(id: "key-4", name: "none", scopes: []),
    ]

    func caller(holding token: String) -> Caller? { callers[token] }
}

/// Hands log lines to a test.
struct MailboxLogHandler: LogHandler {
    let mailbox: Mailbox<Logger.Metadata>?
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if event.message == "request" { mailbox?.put(event.metadata ?? [:]) }
    }
}
