import Control
import NIOCore
import NIOHTTP1

/// Whoever sent a request to an instance and gets its answer; called on the connection's event loop.
protocol UpstreamUser: AnyObject {
    func upstream(_ head: HTTPResponseHead)
    func upstream(_ body: ByteBuffer)
    /// What has arrived at once has been handed over.
    func upstreamReadComplete()
    /// The answer is complete; the connection is the pool's again.
    func upstreamEnded()
    /// There will be no more of it.
    func upstreamLost(_ loss: UpstreamLoss)
}

/// How a connection to an instance ended before the answer did.
struct UpstreamLoss: Error {
    var kind: InstanceLoss.Kind
    var detail: String
    /// The connection had served another request before and said nothing to this one: the instance may just have
    /// closed it for being idle.
    var isStale: Bool = false
}
