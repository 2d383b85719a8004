import Dispatch
import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// How many token events the gateway relays, and how long one takes through it: an engine and clients of our own on
/// both sides, since no tool for HTTP measures single events.
struct EventRelay {
    static let streams = 16
    /// The pace at which delay is measured: a fast model's.
    static let eventsPerSecond = 100

    let engine: any Channel
    /// Apart from the engine's thread, which has no time for clients when it is as fast as it can.
    private let clientGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    init() async throws {
        engine = try await ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(EventSource())
                }
            }.bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { engine.localAddress?.port ?? 0 }

    /// Opens streams for a while.
    ///
    /// - Returns: events in a second, and the delay of the 99th percentile in microseconds.
    func measure(port: Int, isPaced: Bool, seconds: Int) async throws -> (rate: Double, last: Double) {
        let received = Mutex<[UInt64]>([])
        let bootstrap = ClientBootstrap(group: clientGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        EventSink { delays in
                            received.withLock { $0 += delays }
                        })
                }
            }
        var clients: [any Channel] = []
        for _ in 0..<Self.streams {
            let client = try await bootstrap.connect(host: "127.0.0.1", port: port).get()
            let body = ByteBuffer(string: #"{"model":"m","stream":true,"user":"\#(isPaced ? "paced" : "fast")"}"#)
            let headers: HTTPHeaders = [
                "host": "localhost", "authorization": "Bearer benchmark", "content-length": "\(body.readableBytes)",
            ]
            let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/chat/completions", headers: headers)
            client.write(HTTPClientRequestPart.head(head), promise: nil)
            client.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil)
            try await client.writeAndFlush(HTTPClientRequestPart.end(nil))
            clients.append(client)
        }
        let start = DispatchTime.now().uptimeNanoseconds
        try await Task.sleep(for: .seconds(seconds))
        let delays = received.withLock { $0 }.sorted()
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        for client in clients { try await client.close() }
        guard !delays.isEmpty else { return (0, .infinity) }
        return (Double(delays.count) / elapsed, Double(delays[delays.count * 99 / 100]) / 1e3)
    }
}

/// An engine: writes token events with the time in them, as fast as they are taken or at an even pace.
private final class EventSource: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let padding = String(repeating: "x", count: 150)
    private var isPaced = false
    private var token = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: break
        case .body(let body): isPaced = String(buffer: body).contains("paced")
        case .end:
            let head = HTTPResponseHead(
                version: .http1_1, status: .ok, headers: ["content-type": "text/event-stream; charset=utf-8"])
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
            if isPaced {
                let pause = TimeAmount.nanoseconds(1_000_000_000 / Int64(EventRelay.eventsPerSecond))
                context.eventLoop.assumeIsolated().scheduleTask(in: pause) { self.tick(context, pause) }
            } else {
                next(context)
            }
        }
    }

    private func tick(_ context: ChannelHandlerContext, _ pause: TimeAmount) {
        guard context.channel.isActive else { return }
        write(context)
        context.eventLoop.assumeIsolated().scheduleTask(in: pause) { self.tick(context, pause) }
    }

    /// A few events, each flushed by itself as an engine does it for each step; then other work has its turn.
    private func next(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        for _ in 0..<8 where context.channel.isWritable { write(context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(100)) { self.next(context) }
    }

    private func write(_ context: ChannelHandlerContext) {
        token += 1
        let now = DispatchTime.now().uptimeNanoseconds
        var event = context.channel.allocator.buffer(capacity: 256)
        event.writeString(": tokens 0 \(token)\ndata: {\"t\":\(now),\"p\":\"\(Self.padding)\"}\n\n")
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(event))), promise: nil)
    }
}

/// A client: takes the time out of every event.
private final class EventSink: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let report: ([UInt64]) -> Void
    private var delays: [UInt64] = []

    init(_ report: @escaping ([UInt64]) -> Void) { self.report = report }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .body(let body) = unwrapInboundIn(data) else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        var view = body.readableBytesView
        while let start = view.firstIndex(of: UInt8(ascii: "t")).map({ $0 + 3 }), start < view.endIndex {
            let digits = view[start...].prefix { 0x30...0x39 ~= $0 }
            if let time = UInt64(String(decoding: digits, as: UTF8.self)), time > 1_000_000 {
                delays.append(now - time)
            }
            view = view[start...]
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        report(delays)
        delays.removeAll(keepingCapacity: true)
    }
}
