import NIOCore

/// Closes a connection whose TLS handshake takes too long; removed when it is done.
final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler, Watched {
    typealias InboundIn = ByteBuffer

    private let loop: LoopState
    private let began = NIODeadline.now()
    private var context: ChannelHandlerContext?

    init(_ loop: LoopState) { self.loop = loop }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.watch(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.forget(self)
    }

    func sweep(now: NIODeadline) {
        if now - began > loop.settings.options.timeouts.connect { cut() }
    }

    func drain() { cut() }

    func cut() { context?.close(promise: nil) }
}

/// Tells an HTTP/2 connection that the gateway ends: no new streams, and the end after those that are open.
final class HTTP2Quiescing: ChannelInboundHandler, Watched {
    typealias InboundIn = Any

    private let loop: LoopState
    private var context: ChannelHandlerContext?

    init(_ loop: LoopState) { self.loop = loop }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.watch(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.forget(self)
    }

    func sweep(now: NIODeadline) {}

    func drain() { context?.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }

    func cut() { context?.close(promise: nil) }
}
