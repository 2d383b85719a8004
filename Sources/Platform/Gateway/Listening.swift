import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL

/// Opens the gateway's ports, and lays out the pipeline of each connection that comes in.
struct Listening: Sendable {
    let core: GatewayCore
    private let states: [ObjectIdentifier: NIOLoopBoundBox<LoopState>]

    init(core: GatewayCore, states: [NIOLoopBoundBox<LoopState>]) {
        self.core = core
        self.states = Dictionary(uniqueKeysWithValues: states.map { (ObjectIdentifier($0.eventLoop), $0) })
    }

    /// - Returns: the TCP listener first.
    func bind(_ options: GatewayOptions, on group: any EventLoopGroup) async throws -> [any Channel] {
        let host = options.listen.host
        let tcp: any Channel
        do {
            tcp = try await bootstrap(group) { setUp($0, isAdministration: false) }
                .bind(host: host, port: options.listen.port).get()
        } catch {
            throw GatewayError(
                .cannotListen,
                "Cannot listen on \(host):\(options.listen.port): \(error). Is another program using the port?")
        }
        guard let path = options.administrationSocket else { return [tcp] }
        do {
            let unix = try await bootstrap(group) { setUp($0, isAdministration: true) }
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            // Whoever may connect there needs no key.
            chmod(path, 0o600)
            return [tcp, unix]
        } catch {
            try? await tcp.close()
            throw GatewayError(.cannotListen, "Cannot listen on the socket '\(path)': \(error).")
        }
    }

    private func bootstrap(
        _ group: any EventLoopGroup, _ setUp: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: CInt(Limits.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer(setUp)
    }

    private func setUp(_ channel: any Channel, isAdministration: Bool) -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        let counters = core.counters
        guard let state = states[ObjectIdentifier(loop)] else { return loop.makeFailedFuture(ChannelError.eof) }
        let settings = state.value.settings
        let open = counters.connections.add(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in counters.connections.subtract(1, ordering: .relaxed) }
        guard open <= settings.options.connections else {
            counters.refusedConnections.add(1, ordering: .relaxed)
            return channel.close()
        }
        let peer: Peer =
            isAdministration ? .administrator : .address(channel.remoteAddress?.ipAddress ?? "unknown")
        if !isAdministration { _ = try? channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
        if let context = settings.serverTLS, !isAdministration {
            return setUpSecured(channel, context, state, peer)
        }
        return loop.makeCompletedFuture {
            try Self.addHTTP1(channel, state.value, peer, isSecure: false)
        }
    }

    private func setUpSecured(
        _ channel: any Channel, _ context: NIOSSLContext, _ state: NIOLoopBoundBox<LoopState>, _ peer: Peer
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let handshake = HandshakeDeadline(state.value)
            try pipeline.addHandler(NIOSSLServerHandler(context: context))
            try pipeline.addHandler(handshake)
        }.flatMap {
            channel.configureHTTP2SecureUpgrade(
                h2ChannelConfigurator: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Self.removeDeadline(channel)
                        try Self.addHTTP2(channel, state, peer)
                    }
                },
                http1ChannelConfigurator: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Self.removeDeadline(channel)
                        try Self.addHTTP1(channel, state.value, peer, isSecure: true)
                    }
                })
        }
    }

    private static func removeDeadline(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let context = try pipeline.context(handlerType: HandshakeDeadline.self)
        pipeline.removeHandler(context: context, promise: nil)
    }

    private static func addHTTP1(_ channel: any Channel, _ state: LoopState, _ peer: Peer, isSecure: Bool) throws {
        let options = state.settings.options
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = options.headerBytes
        limits.maxHeaderFieldSize = min(limits.maxHeaderFieldSize, options.headerBytes)
        limits.maxHeaderFieldCount = Limits.headerFields
        try channel.pipeline.syncOperations.addHandlers([
            HTTPResponseEncoder(),
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)),
            HTTPServerPipelineHandler(),
            ClientConnection(loop: state, peer: peer, isSecure: isSecure, isMultiplexed: false),
        ])
    }

    private static func addHTTP2(
        _ channel: any Channel, _ state: NIOLoopBoundBox<LoopState>, _ peer: Peer
    ) throws {
        let options = state.value.settings.options
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Limits.streamsPerConnection),
            HTTP2Setting(parameter: .maxHeaderListSize, value: options.headerBytes),
        ]
        var streams = NIOHTTP2Handler.StreamConfiguration()
        streams.outboundBufferSizeHighWatermark = Limits.streamBufferBytes
        streams.outboundBufferSizeLowWatermark = Limits.streamBufferBytes / 2
        let life = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: options.timeouts.idleClient, maxAge: nil, maxGraceTime: options.timeouts.shutdown,
                keepalive: nil))
        _ = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: streams,
            streamDelegate: life.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandlers([
                    HTTP2FramePayloadToHTTP1ServerCodec(),
                    ClientConnection(loop: state.value, peer: peer, isSecure: true, isMultiplexed: true),
                ])
            }
        }
        try channel.pipeline.syncOperations.addHandler(life)
        try channel.pipeline.syncOperations.addHandler(HTTP2Quiescing(state.value))
    }
}
