import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes one response on its connection's event loop, where every byte can be timed as it comes: a hop to a task would
/// cost more processor time than reading the event does, and add to what is measured.
final class AnswerDelegate: HTTPClientResponseDelegate {
    /// What a response said.
    struct Answer: Sendable {
        var status = 0
        var reader = AnswerReader()
        /// The body of a response that is no stream, as far as it is kept.
        var body: [UInt8] = []
        var isUnreadable = false
        /// Nanoseconds at which the stream's end mark, or the response's end, was there.
        var ended: UInt64?
    }

    private let answer = Mutex(Answer())

    /// What has come so far.
    var current: Answer { answer.withLock { $0 } }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        answer.withLock { $0.status = Int(head.status.code) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let now = MonotonicClock.now()
        answer.withLock { answer in
            guard answer.status == 200 else {
                answer.body += buffer.readableBytesView.prefix(Limits.errorBytes - answer.body.count)
                return
            }
            do {
                try answer.reader.take(buffer.readableBytesView, now: now)
            } catch {
                answer.isUnreadable = true
            }
            if answer.reader.isDone, answer.ended == nil { answer.ended = now }
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {
        answer.withLock { $0.ended = $0.ended ?? MonotonicClock.now() }
    }
}
