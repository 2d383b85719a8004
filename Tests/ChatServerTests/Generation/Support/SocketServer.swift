import ChatServer
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport

/// A gateway of which a test says what it answers, on a Unix socket.
final class SocketServer: Sendable {
    enum Step: Sendable {
        case head(Int)
        case body([UInt8])
        case end
    }

    struct Request: Sendable {
        let head: HTTPRequestHead
        let body: String
        fileprivate let channel: any Channel

        /// Ends when the client has hung up.
        func waitUntilClosed() async throws { try await channel.closeFuture.get() }
    }

    let requests = Mailbox<Request>()
    private let folder: TemporaryFolder
    private let listener: any Channel

    static func events(_ text: String? = nil) -> [Step] {
        guard let text else { return [.head(200)] }
        return [.head(200), .body(Array(text.utf8)), .end]
    }

    init(_ answer: @escaping @Sendable (Request) -> [Step]) async throws {
        let folder = try TemporaryFolder()
        let requests = requests
        self.folder = folder
        listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(Handler(requests, answer))
                }
            }.bind(unixDomainSocketPath: folder.file("s")).get()
    }

    /// Runs `body` with a client of this server.
    func use(_ body: (GatewayClient) async throws -> Void) async throws {
        try await withClient(path: folder.file("s"), body)
        try await listener.close()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let requests: Mailbox<Request>
        private let answer: @Sendable (Request) -> [Step]
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(_ requests: Mailbox<Request>, _ answer: @escaping @Sendable (Request) -> [Step]) {
            self.requests = requests
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body.clear()
            case .body(var part): body.writeBuffer(&part)
            case .end:
                guard let head else { return }
                let request = Request(head: head, body: String(buffer: body), channel: context.channel)
                requests.put(request)
                for step in answer(request) {
                    switch step {
                    case .head(let status):
                        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
                        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
                    case .body(let bytes):
                        context.writeAndFlush(
                            wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
                    case .end: context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
                    }
                }
            }
        }
    }
}
