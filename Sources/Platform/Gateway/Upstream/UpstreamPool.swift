import Control
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One event loop's connections to instances; the one used last is used first, so that the others age and go.
final class UpstreamPool {
    private let loop: any EventLoop
    private let makeTLSContext: @Sendable () throws -> NIOSSLContext
    private var idle: [Endpoint: [UpstreamConnection]] = [:]

    init(loop: any EventLoop, makeTLSContext: @escaping @Sendable () throws -> NIOSSLContext) {
        self.loop = loop
        self.makeTLSContext = makeTLSContext
    }

    func takeIdle(_ endpoint: Endpoint) -> UpstreamConnection? { idle[endpoint]?.popLast() }

    func release(_ connection: UpstreamConnection) {
        if idle[connection.endpoint, default: []].count < Limits.idleUpstreamConnections {
            idle[connection.endpoint, default: []].append(connection)
        } else {
            connection.close()
        }
    }

    func remove(_ connection: UpstreamConnection) {
        guard let index = idle[connection.endpoint]?.lastIndex(where: { $0 === connection }) else { return }
        idle[connection.endpoint]?.remove(at: index)
        if idle[connection.endpoint]?.isEmpty == true { idle[connection.endpoint] = nil }
    }

    var isEmpty: Bool { idle.isEmpty }

    /// Closes connections that have been idle too long.
    func sweep(now: NIODeadline) {
        for connections in idle.values {
            for connection in connections where now - connection.idleSince > .seconds(Limits.idleUpstreamSeconds) {
                connection.close()
            }
        }
    }

    func closeAll() {
        for connection in idle.values.joined() { connection.close() }
    }

    /// Opens a connection; `done` is called on the loop, never before this returns.
    func connect(
        _ endpoint: Endpoint, timeout: TimeAmount, done: @escaping (Result<UpstreamConnection, UpstreamLoss>) -> Void
    ) {
        let secured: NIOSSLContext?
        do {
            secured = endpoint.isSecure ? try makeTLSContext() : nil
        } catch {
            loop.assumeIsolated().execute {
                done(.failure(UpstreamLoss(kind: .connectFailed, detail: "TLS could not be set up: \(error)")))
            }
            return
        }
        let pool = NIOLoopBound(self, eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.configure(channel, UpstreamConnection(endpoint: endpoint, pool: pool.value), secured)
                }
            }
        let connecting: EventLoopFuture<any Channel>
        switch endpoint.address {
        case .unix(let path): connecting = bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let host, let port): connecting = bootstrap.connect(host: host, port: port)
        }
        connecting.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel):
                if let connection = try? channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) {
                    done(.success(connection))
                } else {
                    done(.failure(UpstreamLoss(kind: .connectFailed, detail: "it closed the connection at once")))
                }
            case .failure(let error):
                done(.failure(UpstreamLoss(kind: .connectFailed, detail: "cannot connect: \(error)")))
            }
        }
    }

    private static func configure(
        _ channel: any Channel, _ connection: UpstreamConnection, _ secured: NIOSSLContext?
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let secured {
            // The name is checked against the certificate; an address is no name for SNI.
            var name: String?
            if case .tcp(let host, _) = connection.endpoint.address,
                (try? SocketAddress(ipAddress: host, port: 0)) == nil
            {
                name = host
            }
            try pipeline.addHandler(NIOSSLClientHandler(context: secured, serverHostname: name))
        }
        try pipeline.addHandlers([
            HTTPRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)),
            connection,
        ])
    }
}
