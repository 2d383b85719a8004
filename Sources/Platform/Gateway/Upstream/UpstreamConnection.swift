import Control
import NIOCore
import NIOHTTP1

/// One HTTP/1.1 connection to an instance: serves one request after the other, and belongs to its event loop's pool
/// between them.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    let endpoint: Endpoint
    private unowned let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private weak var user: (any UpstreamUser)?
    private var isKeptAlive = true
    private var requests = 0
    private var hasAnswered = false
    private var isPaused = false
    private(set) var idleSince = NIODeadline.now()

    init(endpoint: Endpoint, pool: UpstreamPool) {
        self.endpoint = endpoint
        self.pool = pool
    }

    /// Sends a request; `user` hears of its answer.
    func send(_ head: HTTPRequestHead, _ body: ByteBuffer, for user: any UpstreamUser) {
        guard let context, context.channel.isActive else {
            user.upstreamLost(UpstreamLoss(kind: .connectionClosed, detail: "it closed the connection", isStale: true))
            return
        }
        self.user = user
        requests += 1
        hasAnswered = false
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Lets go of the request: the instance sees its client leave.
    func abandon() {
        user = nil
        context?.close(promise: nil)
    }

    /// Stops reading, so that the instance waits for a client who does not read.
    func setPaused(_ paused: Bool) {
        guard paused != isPaused, let context else { return }
        isPaused = paused
        try? context.channel.syncOptions?.setOption(.autoRead, value: !paused)
    }

    func close() { context?.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let user else {
            // Nothing was asked.
            context.close(promise: nil)
            return
        }
        hasAnswered = true
        switch unwrapInboundIn(data) {
        case .head(let head):
            isKeptAlive = head.isKeepAlive
            user.upstream(head)
        case .body(let body): user.upstream(body)
        case .end:
            self.user = nil
            setPaused(false)
            idleSince = .now()
            if isKeptAlive { pool.release(self) } else { context.close(promise: nil) }
            user.upstreamEnded()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { user?.upstreamReadComplete() }

    func channelInactive(context: ChannelHandlerContext) {
        pool.remove(self)
        lose(.connectionClosed, "it closed the connection")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError || error is NIOHTTPDecoderError {
            lose(.badAnswer, "its answer is no HTTP: \(error)")
        } else {
            lose(.connectionClosed, "\(error)")
        }
        context.close(promise: nil)
    }

    private func lose(_ kind: InstanceLoss.Kind, _ detail: String) {
        guard let user else { return }
        self.user = nil
        user.upstreamLost(UpstreamLoss(kind: kind, detail: detail, isStale: requests > 1 && !hasAnswered))
    }
}
