import NIOCore
import NIOHTTP1
import OpenAIAPI

/// One client's HTTP/1.1 connection, or one of its HTTP/2 streams: takes requests in, one at a time, and writes what
/// their exchanges say.
///
/// | phase | waits for | then |
/// | --- | --- | --- |
/// | idle | a head | receiving, or dropping if it is refused |
/// | receiving | the end of the body | answering |
/// | dropping | the end of the body | the refusal is answered |
/// | answering | the call's end | idle |
/// | lingering | the end of a body too large, after its answer | closed |
final class ClientConnection: ChannelInboundHandler, Watched {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        case idle
        case receiving(Exchange, Destination)
        case dropping(Exchange, APIError)
        case answering(Exchange)
        case lingering
    }

    let loop: LoopState
    let peer: Peer
    let isSecure: Bool
    private let isMultiplexed: Bool
    private var context: ChannelHandlerContext?
    private(set) var phase = Phase.idle
    private var body = ByteBuffer()
    /// Bytes of the body that are taken from the budget.
    private var held = 0
    private var dropped = 0
    /// When the phase began.
    private var since = NIODeadline.now()
    private var stalledSince: NIODeadline?
    private var closesAfterAnswer = false

    init(loop: LoopState, peer: Peer, isSecure: Bool, isMultiplexed: Bool) {
        self.loop = loop
        self.peer = peer
        self.isSecure = isSecure
        self.isMultiplexed = isMultiplexed
    }

    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.watch(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.forget(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): take(head)
        case .body(let part): take(part)
        case .end: takeEnd()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        case .idle, .lingering: break
        case .receiving(let exchange, _), .dropping(let exchange, _), .answering(let exchange):
            exchange.lost()
            settle(exchange)
        }
        phase = .lingering
        loop.forget(self)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        stalledSince = isWritable ? nil : .now()
        if case .answering(let exchange) = phase { exchange.call?.clientWritabilityChanged(isWritable) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError || error is NIOHTTPDecoderError else {
            context.close(promise: nil)
            return
        }
        closesAfterAnswer = true
        switch phase {
        case .idle:
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "")
            let exchange = Exchange(head, connection: self, loop: loop, peer: peer)
            loop.core.counters.inFlight.add(1, ordering: .relaxed)
            enter(.answering(exchange))
            exchange.fail(APIError(malformed: error))
        case .receiving(let exchange, _), .dropping(let exchange, _):
            enter(.answering(exchange))
            exchange.fail(APIError(malformed: error))
        case .answering, .lingering: break
        }
    }

    // MARK: Requests

    private func take(_ head: HTTPRequestHead) {
        guard case .idle = phase else { return }
        let exchange = Exchange(head, connection: self, loop: loop, peer: peer)
        loop.core.counters.inFlight.add(1, ordering: .relaxed)
        if !head.isKeepAlive { closesAfterAnswer = true }
        body = ByteBuffer()
        dropped = 0
        let destination = Destination(path: exchange.path)
        exchange.record.isPolled = destination.isPolled
        let limit = loop.settings.options.bodyBytes
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        let waitsForLeave = head.headers.contains(name: "expect")
        do throws(APIError) {
            guard announced <= limit else { throw .tooLarge(limit) }
            try admit(exchange, destination)
            enter(.receiving(exchange, destination))
            if waitsForLeave { writeContinue(head.version) }
        } catch {
            // A client that waits for leave sends no body; one with too much to send shall not send it all.
            if waitsForLeave || announced > limit {
                refuseNow(exchange, error)
            } else {
                enter(.dropping(exchange, error))
            }
        }
    }

    private func admit(_ exchange: Exchange, _ destination: Destination) throws(APIError) {
        guard !loop.isDraining || destination == .health else { throw .gatewayDraining }
        // Answered by CORS alone: a browser asks without the key that it will send.
        if exchange.method == .OPTIONS { return }
        let settings = loop.settings
        let doorkeeper = Doorkeeper(settings: settings, callers: loop.core.callers)
        let caller = try doorkeeper.admit(exchange.headers, to: destination, from: peer)
        exchange.caller = caller
        if let methods = destination.methods, !methods.contains(exchange.method) {
            let allowed = methods.map(\.rawValue).joined(separator: " or ")
            throw APIError(.methodNotAllowed, "\(exchange.path) takes \(allowed), not \(exchange.method.rawValue).")
        }
        guard !destination.isPolled, peer != .administrator else { return }
        let tenant = exchange.tenantName
        try loop.core.limiter.admit(
            tenant, perMinute: caller?.requestsPerMinute ?? settings.options.requestsPerMinute,
            streams: settings.options.streamsPerCaller, now: exchange.startedAt)
        exchange.tenant = tenant
    }

    private func take(_ part: ByteBuffer) {
        let limit = loop.settings.options.bodyBytes
        switch phase {
        case .receiving(let exchange, _):
            guard body.readableBytes + part.readableBytes <= limit else {
                body = ByteBuffer()
                refuseNow(exchange, .tooLarge(limit))
                return
            }
            guard hold(part.readableBytes) else {
                body = ByteBuffer()
                refuseNow(
                    exchange,
                    APIError(
                        .queueFull, "The gateway holds as many bodies of requests as it can: send it again soon.",
                        retryAfter: 1))
                return
            }
            if body.readableBytes == 0 { body = part } else { body.writeImmutableBuffer(part) }
        case .dropping(let exchange, let error):
            dropped += part.readableBytes
            if dropped > limit { refuseNow(exchange, error) }
        case .idle, .answering, .lingering: break
        }
    }

    /// Takes room for a part of the body, unless the machine's own user sends it.
    private func hold(_ bytes: Int) -> Bool {
        guard case .address(let address) = peer, body.readableBytes + bytes > Limits.smallBodyBytes else { return true }
        let wanted = body.readableBytes + bytes - held
        guard loop.core.bodies.take(wanted, for: address) else { return false }
        held += wanted
        return true
    }

    private func takeEnd() {
        switch phase {
        case .receiving(let exchange, let destination):
            enter(.answering(exchange))
            let body = self.body
            self.body = ByteBuffer()
            answer(exchange, destination, body)
        case .dropping(let exchange, let error):
            enter(.answering(exchange))
            exchange.fail(error)
        case .lingering: closeNow()
        case .idle, .answering: break
        }
    }

    /// Answers before the body has ended, and closes then: what follows is dropped for a while, so that the client gets
    /// to read the answer instead of a reset.
    private func refuseNow(_ exchange: Exchange, _ error: APIError) {
        closesAfterAnswer = true
        enter(.dropping(exchange, error))
        exchange.fail(error)
    }

    private func enter(_ next: Phase) {
        phase = next
        since = .now()
    }

    // MARK: Answers

    func writeHead(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, of exchange: Exchange) {
        var headers = headers
        if !isMultiplexed {
            // HTTP/1.0 knows no chunks: the end of the connection is the end of the answer.
            if exchange.version == .http1_0, !headers.contains(name: "content-length") { closesAfterAnswer = true }
            if loop.isDraining { closesAfterAnswer = true }
            if closesAfterAnswer {
                headers.replaceOrAdd(name: "connection", value: "close")
            } else if exchange.version == .http1_0 {
                headers.replaceOrAdd(name: "connection", value: "keep-alive")
            }
        }
        let doorkeeper = Doorkeeper(settings: loop.settings, callers: loop.core.callers)
        if let origin = exchange.headers.first(name: "origin"), doorkeeper.isAllowed(origin, exchange.headers) {
            headers.replaceOrAdd(name: "access-control-allow-origin", value: origin)
            headers.replaceOrAdd(name: "vary", value: "origin")
            headers.replaceOrAdd(name: "access-control-expose-headers", value: "x-request-id, retry-after")
        }
        let head = HTTPResponseHead(version: exchange.version, status: status, headers: headers)
        context?.write(wrapOutboundOut(.head(head)), promise: nil)
    }

    func writeBody(_ buffer: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }

    func writeEnd(of exchange: Exchange) {
        settle(exchange)
        let isEarly = if case .dropping = phase { true } else { false }
        guard let context else { return }
        if isEarly {
            enter(.lingering)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        } else if closesAfterAnswer && !isMultiplexed {
            enter(.lingering)
            let closing = context.eventLoop.makePromise(of: Void.self)
            closing.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.closeNow() }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: closing)
        } else {
            enter(.idle)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func closeNow() { context?.close(promise: nil) }

    private func writeContinue(_ version: HTTPVersion) {
        context?.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: version, status: .continue))), promise: nil)
    }

    /// What is done once for each request, however it ended.
    private func settle(_ exchange: Exchange) {
        let core = loop.core
        if case .address(let address) = peer { core.bodies.giveBack(held, of: address) }
        held = 0
        core.counters.inFlight.subtract(1, ordering: .relaxed)
        if let tenant = exchange.tenant { core.limiter.release(tenant) }
        guard !exchange.record.isPolled else { return }
        let duration = NIODeadline.now() - exchange.startedAt
        core.counters.record(exchange.record, duration: duration)
        if core.logger.logLevel <= .info {
            core.logger.info("request", metadata: exchange.record.metadata(exchange, duration: duration))
        }
    }

    // MARK: Deadlines

    func sweep(now: NIODeadline) {
        let timeouts = loop.settings.options.timeouts
        if let stalledSince, now - stalledSince > timeouts.stalledReader {
            closeNow()
            return
        }
        switch phase {
        case .idle: if !isMultiplexed, now - since > timeouts.idleClient { closeNow() }
        case .receiving(let exchange, _), .dropping(let exchange, _):
            if now - since > timeouts.receiving {
                refuseNow(exchange, APIError(.requestTimeout, "The request's body took too long: send it faster."))
            }
        case .answering(let exchange): exchange.call?.sweep(now: now)
        case .lingering: if now - since > timeouts.linger { closeNow() }
        }
    }

    func drain() {
        closesAfterAnswer = true
        if case .idle = phase, !isMultiplexed { closeNow() }
    }

    func cut() { closeNow() }
}

extension Exchange {
    /// Whose turn a request takes: a key's holder, or an address where no keys are asked for.
    var tenantName: String {
        if let caller, caller.id != "local" { return caller.id }
        return peer.description
    }
}
