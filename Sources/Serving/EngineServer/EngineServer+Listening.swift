import Glibc
import HummingbirdCore
import Logging
import NIOCore
import Observability

extension EngineServer {
    func makeServer(_ group: any EventLoopGroup) -> Server<HTTP1Channel> {
        let endpoints = Endpoints(
            generator: generator, modelName: modelName, inFlight: inFlight, version: options.version,
            loaded: Clock.secondsSince1970())
        let responder = Responder(endpoints: endpoints, logger: logger)
        let connections = connections
        let stalledReaderTimeout = TimeAmount(options.stalledReaderTimeout)
        return Server(
            childChannelSetup: HTTP1Channel(
                responder: responder.respond,
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        ClientWatch(stalledReaderTimeout: stalledReaderTimeout, connections: connections)
                    ],
                    idleTimeout: .seconds(Limits.idleSeconds),
                    httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                        maxHeaderFieldSize: Limits.headerBytes, maxHeaderListSize: Limits.headerBytes,
                        maxHeaderFieldCount: Limits.headerFields))),
            configuration: ServerConfiguration(address: options.listen.bindAddress, backlog: Limits.backlog),
            onServerRunning: { await announce($0) },
            eventLoopGroup: group, logger: quietLogger)
    }

    private var modelName: String { options.modelName ?? generator.model.name }

    /// The layer below repeats at `info` what we say ourselves.
    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private func announce(_ channel: any Channel) async {
        let address: ListenAddress
        switch options.listen {
        case .tcp(let host, let port):
            address = .tcp(host: host, port: channel.localAddress?.port ?? port)
        case .unix(let path):
            UnixSocketFile.restrictToOwner(path)
            address = options.listen
        }
        logger.info(
            "ready", metadata: [LogKey.address: "\(address)", LogKey.model: "\(modelName)"])
        await options.onListening(address)
    }

    /// What the user needs to know when the address cannot be had.
    func explain(_ error: any Error) -> any Error {
        let address = options.listen
        guard let error = error as? IOError else {
            return EngineServerError(.cannotListen, "Cannot listen on \(address): \(error).")
        }
        switch error.errnoCode {
        case EADDRINUSE:
            return EngineServerError(
                .addressInUse,
                "Another program listens on \(address): stop it, or choose another address with --listen HOST:PORT.")
        case EACCES:
            return EngineServerError(
                .cannotListen,
                "This user may not listen on \(address): choose a port above 1023, or a directory that is yours.")
        case EADDRNOTAVAIL:
            return EngineServerError(
                .cannotListen, "\(address) is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all.")
        default:
            return EngineServerError(
                .cannotListen, "Cannot listen on \(address): \(String(cString: strerror(error.errnoCode))).")
        }
    }
}

extension ListenAddress {
    var bindAddress: BindAddress {
        switch self {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .unix(let path): .unixDomainSocket(path: path)
        }
    }
}
