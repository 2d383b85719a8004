import Identity
import NIOCore
import NIOHTTP1
import OpenAIAPI

/// Whatever works on a request's answer, on the connection's event loop.
protocol Call: AnyObject {
    /// The client left before the answer was complete.
    func clientGone()
    /// The client reads slower than the answer comes, or has caught up.
    func clientWritabilityChanged(_ isWritable: Bool)
    func sweep(now: NIODeadline)
}

/// One request and its answer: the only way by which calls write to a client.
///
/// Writing after the client has gone does nothing, so that calls need not ask.
final class Exchange {
    let id: String
    let method: HTTPMethod
    let path: String
    let query: String?
    let headers: HTTPHeaders
    let version: HTTPVersion
    let loop: LoopState
    let peer: Peer
    let startedAt = NIODeadline.now()
    var caller: Caller?
    /// Whose bucket it was drawn from, to be given back.
    var tenant: String?
    var call: (any Call)?
    var record = AccessRecord()
    private(set) var headIsSent = false
    private(set) var isEnded = false
    private(set) var lastWrite: NIODeadline
    private weak var connection: ClientConnection?

    init(_ head: HTTPRequestHead, connection: ClientConnection, loop: LoopState, peer: Peer) {
        id = RequestName.of(head.headers, &loop.random)
        method = head.method
        headers = head.headers
        version = head.version
        if let mark = head.uri.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(head.uri[..<mark])
            query = String(head.uri[head.uri.index(after: mark)...])
        } else {
            path = head.uri
            query = nil
        }
        self.loop = loop
        self.peer = peer
        self.connection = connection
        lastWrite = startedAt
    }

    var allocator: ByteBufferAllocator { connection?.allocator ?? ByteBufferAllocator() }
    var isWritable: Bool { connection?.isWritable ?? true }

    /// Answers at once, with a length.
    func send(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: ByteBuffer) {
        var headers = headers
        headers.replaceOrAdd(name: "content-length", value: String(body.readableBytes))
        begin(status, headers)
        if body.readableBytes > 0 { send(body) }
        end()
    }

    /// Begins an answer; without a length in its headers it is chunked.
    func begin(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        guard !headIsSent, let connection else { return }
        headIsSent = true
        record.status = Int(status.code)
        var headers = headers
        headers.replaceOrAdd(name: "x-request-id", value: id)
        connection.writeHead(status, headers, of: self)
    }

    func send(_ body: ByteBuffer) {
        guard !isEnded, let connection else { return }
        record.bytes += body.readableBytes
        lastWrite = .now()
        // The answer to HEAD has the headers of GET's and no body.
        if method != .HEAD { connection.writeBody(body) }
    }

    func end() {
        guard !isEnded, let connection else { return }
        isEnded = true
        call = nil
        connection.writeEnd(of: self)
    }

    func fail(_ error: APIError, headers: HTTPHeaders = [:]) {
        record.error = error.code.rawValue
        var headers = headers
        headers.replaceOrAdd(name: "content-type", value: "application/json")
        if let seconds = error.retryAfter { headers.replaceOrAdd(name: "retry-after", value: String(seconds)) }
        if error.status == 401 { headers.replaceOrAdd(name: "www-authenticate", value: "Bearer") }
        let body = error.body(requestID: id)
        send(HTTPResponseStatus(statusCode: error.status), headers, ByteBuffer(bytes: body))
    }

    /// Ends a stream that has begun by an event that says why.
    func failStream(_ error: APIError) {
        record.error = error.code.rawValue
        var event: [UInt8] = []
        StreamEncoder.appendError(error, requestID: id, to: &event)
        send(ByteBuffer(bytes: event))
        end()
    }

    /// The answer cannot be completed and the client must see that: its connection breaks off.
    func breakOff() {
        connection?.closeNow()
    }

    /// The client left.
    func lost() {
        guard !isEnded else { return }
        isEnded = true
        connection = nil
        if record.status == 0 { record.status = AccessRecord.clientGone }
        record.error = "client_gone"
        let call = call
        self.call = nil
        call?.clientGone()
    }
}

/// Where a request comes from.
enum Peer: Equatable {
    /// The administration socket: the machine's own user.
    case administrator
    case address(String)

    var description: String {
        switch self {
        case .administrator: "local"
        case .address(let address): address
        }
    }
}
