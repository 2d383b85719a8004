import NIOCore
import NIOHTTP1
import OpenAIAPI

/// A request that the site answers: its handler runs as a task, its answer comes back to the event loop.
final class SiteCall: Call {
    private let exchange: Exchange
    private var task: Task<Void, Never>?
    private var writable: EventLoopPromise<Void>?

    static func start(_ exchange: Exchange, body: ByteBuffer, site: any SiteHandler, isSecure: Bool) {
        let call = SiteCall(exchange)
        exchange.call = call
        let request = SiteRequest(
            id: exchange.id, method: exchange.method.rawValue, path: exchange.path, query: exchange.query,
            headers: exchange.headers.map { ($0.name, $0.value) }, body: Array(body.readableBytesView),
            caller: exchange.caller, peer: exchange.peer.description, isSecure: isSecure)
        let bound = NIOLoopBound(call, eventLoop: exchange.loop.loop)
        call.task = Task { await Self.respond(request, site, bound) }
    }

    private init(_ exchange: Exchange) { self.exchange = exchange }

    func clientGone() {
        task?.cancel()
        writable?.succeed()
        writable = nil
    }

    func clientWritabilityChanged(_ isWritable: Bool) {
        guard isWritable else { return }
        writable?.succeed()
        writable = nil
    }

    func sweep(now: NIODeadline) {}

    private static func respond(
        _ request: SiteRequest, _ site: any SiteHandler, _ call: NIOLoopBound<SiteCall>
    ) async {
        let response = await site.respond(to: request)
        let loop = call.eventLoop
        switch response.body {
        case .bytes(let bytes):
            loop.execute { call.value.send(response, bytes) }
        case .stream(let pieces):
            loop.execute { call.value.begin(response) }
            for await piece in pieces {
                // The client's pace: the future ends when its connection takes more.
                let taken = loop.flatSubmit { call.value.send(piece) }
                guard (try? await taken.get()) != nil, !Task.isCancelled else { break }
            }
            loop.execute { call.value.exchange.end() }
        }
    }

    private func send(_ response: SiteResponse, _ bytes: [UInt8]) {
        exchange.send(HTTPResponseStatus(statusCode: response.status), Self.headers(response), ByteBuffer(bytes: bytes))
    }

    private func begin(_ response: SiteResponse) {
        exchange.begin(HTTPResponseStatus(statusCode: response.status), Self.headers(response))
    }

    private func send(_ piece: [UInt8]) -> EventLoopFuture<Void> {
        let loop = exchange.loop.loop
        guard !exchange.isEnded else { return loop.makeFailedFuture(CancellationError()) }
        exchange.send(ByteBuffer(bytes: piece))
        guard !exchange.isWritable else { return loop.makeSucceededVoidFuture() }
        let promise = loop.makePromise(of: Void.self)
        writable = promise
        return promise.futureResult
    }

    private static func headers(_ response: SiteResponse) -> HTTPHeaders { HTTPHeaders(response.headers) }
}
