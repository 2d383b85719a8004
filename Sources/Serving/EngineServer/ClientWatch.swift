import NIOCore

/// Watches one connection for a client that has gone or has stopped reading.
///
/// The async layer above sees neither: it learns of a closed connection when it writes, and of a full one never.
/// All state belongs to the connection's event loop.
final class ClientWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private var hasGone = false
    private var onGone: (@Sendable () -> Void)?
    private var stall: Scheduled<Void>?
    private let stalledReaderTimeout: TimeAmount
    private let connections: OpenConnections

    init(stalledReaderTimeout: TimeAmount, connections: OpenConnections) {
        self.stalledReaderTimeout = stalledReaderTimeout
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connections.insert(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        stall?.cancel()
        connections.remove(context.channel)
        clientHasGone()
        // Hummingbird's HTTPConnectionStateHandler (2.28.1) keeps this event to itself. The async layer behind it would
        // wait for the connection's next request for ever, so it is told in the two words that get through.
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        context.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { clientHasGone() }
        context.fireUserInboundEventTriggered(event)
    }

    /// Unwritable: what was written is more than the client and the system's buffers took.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            let channel = context.channel
            stall = context.eventLoop.scheduleTask(in: stalledReaderTimeout) {
                channel.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    private func clientHasGone() {
        hasGone = true
        onGone?()
        onGone = nil
    }

    fileprivate func setOnGone(_ action: @escaping @Sendable () -> Void) {
        if hasGone { action() } else { onGone = action }
    }
}

@available(*, unavailable)
extension ClientWatch: Sendable {}

/// The client's side of one connection, as a request's handler sees it.
struct Client: Sendable {
    let channel: any Channel

    /// Calls `action` when the client goes away, at once if it has gone already; a later call replaces an earlier.
    func whenGone(_ action: @escaping @Sendable () -> Void) {
        channel.eventLoop.execute {
            guard let watch = try? channel.pipeline.syncOperations.handler(type: ClientWatch.self) else {
                action()
                return
            }
            watch.setOnGone(action)
        }
    }

    /// Closes the connection after the client had time to read the answer and to notice that it should stop sending.
    func closeAfterLingering() {
        channel.eventLoop.scheduleTask(in: .seconds(Limits.lingerSeconds)) { channel.close(promise: nil) }
    }
}
