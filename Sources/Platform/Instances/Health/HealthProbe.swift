package import Control
import NIOCore
import NIOPosix

/// Asks a local instance's health path once, over its Unix socket or TCP, without TLS.
///
/// Only the status line counts. What comes after it is dropped within bounds of bytes and time, so an instance that
/// answers rubbish, ten megabytes, a header without an end or nothing costs a connection for a moment.
package struct HealthProbe: Sendable {
    let endpoint: Endpoint
    let path: String
    let timeout: Duration

    package init(_ endpoint: Endpoint, path: String, timeout: Duration = Limits.probeTimeout) {
        self.endpoint = endpoint
        self.path = path
        self.timeout = timeout
    }

    /// A cancelled probe returns at once, with what no longer matters.
    package func run() async -> ProbeResult {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: ProbeResult.self)
        let deadline = loop.scheduleTask(in: TimeAmount(timeout)) { promise.succeed(.silent(timeout)) }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        let request = request
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(TimeAmount(timeout)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ProbeHandler(request: request, promise: promise))
            }
        }
        let connection =
            switch endpoint.address {
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            }
        connection.whenFailure { promise.succeed(.unreachable("\($0)")) }
        return await withTaskCancellationHandler {
            (try? await promise.futureResult.get()) ?? .rubbish
        } onCancel: {
            promise.succeed(.unreachable("not asked any more"))
        }
    }

    private var request: String {
        let host =
            switch endpoint.address {
            case .unix: "localhost"
            case .tcp(let host, let port): "\(host):\(port)"
            }
        let authorization = endpoint.bearer.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        return "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\(authorization)Connection: close\r\n\r\n"
    }
}

/// The connection of one probe: sends the request, tells the status, and closes whatever happens.
private final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let promise: EventLoopPromise<ProbeResult>
    private var line = StatusLine()
    private var isDecided = false
    private var received = 0

    init(request: String, promise: EventLoopPromise<ProbeResult>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        // However the probe ends, the connection ends soon after.
        promise.futureResult.whenComplete { _ in
            channel.eventLoop.scheduleTask(in: TimeAmount(Limits.probeLinger)) { channel.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        received += buffer.readableBytes
        if !isDecided {
            switch line.append(buffer.readableBytesView) {
            case .incomplete: break
            case .status(let code): decide(code == 200 ? .healthy : .status(code))
            case .rubbish:
                decide(.rubbish)
                context.close(promise: nil)
            }
        }
        if received > Limits.probeAnswerBytes { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        decide(.unreachable("it closed the connection without an answer"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        decide(.unreachable("\(error)"))
        context.close(promise: nil)
    }

    private func decide(_ result: ProbeResult) {
        guard !isDecided else { return }
        isDecided = true
        promise.succeed(result)
    }
}
