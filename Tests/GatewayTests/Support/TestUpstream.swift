import Control
import NIOCore
import NIOHTTP1
import NIOPosix

/// An instance that answers as a test says.
final class TestUpstream: Sendable {
    enum Step: Sendable {
        case head(Int, [(String, String)])
        case body(String)
        case end
        /// Cuts the connection.
        case close

        static func json(_ status: Int, _ text: String) -> [Step] {
            [
                .head(status, [("content-type", "application/json"), ("content-length", "\(text.utf8.count)")]),
                .body(text), .end,
            ]
        }

        static let events = Step.head(200, [("content-type", "text/event-stream; charset=utf-8")])
    }

    struct Request: Sendable {
        let head: HTTPRequestHead
        let body: String
        private let channel: any Channel
        /// The nth on its connection, from 1.
        let number: Int

        init(head: HTTPRequestHead, body: String, channel: any Channel, number: Int) {
            self.head = head
            self.body = body
            self.channel = channel
            self.number = number
        }

        func header(_ name: String) -> String? { head.headers.first(name: name) }

        func perform(_ steps: [Step]) {
            for step in steps {
                switch step {
                case .head(let status, let headers):
                    write(.head(.init(version: .http1_1, status: .init(statusCode: status), headers: .init(headers))))
                case .body(let text): write(.body(.byteBuffer(ByteBuffer(string: text))))
                case .end: write(.end(nil))
                case .close: channel.close(promise: nil)
                }
            }
        }

        /// Ends when the gateway has hung up.
        func waitUntilClosed() async throws { try await channel.closeFuture.get() }

        private func write(_ part: HTTPServerResponsePart) { channel.writeAndFlush(part, promise: nil) }
    }

    let requests = Mailbox<Request>()
    private let listener: any Channel

    /// - Parameter answer: nil for requests that the test answers itself, taken from `requests`.
    init(_ answer: @escaping @Sendable (Request) -> [Step]? = { _ in nil }) async throws {
        let requests = requests
        listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(Collector(requests, answer))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    func endpoint(isNative: Bool = false, change: (inout Endpoint) -> Void = { _ in }) -> Endpoint {
        var endpoint = Endpoint(address: .tcp(host: "127.0.0.1", port: port), isResumable: isNative)
        change(&endpoint)
        return endpoint
    }

    func close() async throws { try await listener.close() }

    deinit { listener.close(promise: nil) }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        private let requests: Mailbox<Request>
        private let answer: @Sendable (Request) -> [Step]?
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()
        private var number = 0

        init(_ requests: Mailbox<Request>, _ answer: @escaping @Sendable (Request) -> [Step]?) {
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
                number += 1
                let request = Request(
                    head: head, body: String(buffer: body), channel: context.channel, number: number)
                if let steps = answer(request) { request.perform(steps) }
                requests.put(request)
            }
        }
    }
}
