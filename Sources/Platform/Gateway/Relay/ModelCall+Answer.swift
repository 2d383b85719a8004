import Control
import NIOCore
import NIOHTTP1
import OpenAIAPI

/// Relaying an instance's answer.
extension ModelCall: UpstreamUser {
    func upstream(_ head: HTTPResponseHead) {
        lastUpstream = .now()
        if isGivingUp(head.status) {
            lose(.badAnswer, "it answered \(head.status.code)")
            return
        }
        let type = head.headers.first(name: "content-type") ?? ""
        if fields.isStreamed, head.status == .ok, type.prefix(17).lowercased() == "text/event-stream" {
            phase = .events
            beginStream()
        } else {
            phase = .holding(head)
        }
    }

    func upstream(_ body: ByteBuffer) {
        lastUpstream = .now()
        switch phase {
        case .events: takeEvents(body)
        case .holding(let head):
            held.writeImmutableBuffer(body)
            if firstToken == nil { firstToken = lastUpstream }
            if held.readableBytes > Limits.heldAnswerBytes { pass(head) }
        case .passing: exchange.send(body)
        case .queued, .connecting, .asked, .ended: break
        }
    }

    func upstreamReadComplete() {
        guard outgoing.readableBytes > 0 else { return }
        exchange.send(outgoing)
        outgoing = ByteBuffer()
    }

    func upstreamEnded() {
        upstream = nil
        upstreamReadComplete()
        switch phase {
        case .events: endEvents()
        case .holding(let head): endHeld(head)
        case .passing:
            complete(usage)
            exchange.end()
        case .queued, .connecting, .asked, .ended: break
        }
    }

    func upstreamLost(_ loss: UpstreamLoss) {
        upstream = nil
        upstreamReadComplete()
        if case .ended = phase { return }
        if case .events = phase, stream.isDone {
            endEvents()
        } else if loss.isStale, let endpoint = dispatch?.endpoint {
            connect(endpoint)
        } else {
            lose(loss.kind, loss.detail)
        }
    }

    func clientWritabilityChanged(_ isWritable: Bool) { upstream?.setPaused(!isWritable) }

    /// The instance failed the request: another may go on, if the client has nothing that another could not continue.
    func lose(_ kind: InstanceLoss.Kind, _ detail: String) {
        upstream?.abandon()
        upstream = nil
        loop.core.counters.losses.add(1, ordering: .relaxed)
        let isNative = dispatch?.endpoint.isResumable ?? false
        let isRetryable: Bool =
            switch answerForm {
            case .nothing: true
            case .events: isNative || !stream.hasBegun
            case .relayed: false
            }
        if isNative, stream.generated > 0 { wasted += stream.unfinished }
        stream.restart()
        outgoing.clear()
        let loss = InstanceLoss(
            kind: kind, detail: detail, isRetryable: isRetryable,
            deliveredTokens: stream.generated - generatedElsewhere)
        generatedElsewhere = stream.generated
        let admission = loop.core.broker.retry(number, after: loss, waiting: waiter())
        if case .refused = admission {
            take(admission)
        } else if isRetryable, mayGoOn(admission) {
            take(admission)
        } else {
            fail(
                APIError(
                    .instanceLost,
                    "The instance failed in the middle of the answer (\(detail)): what came of it stands, the rest is "
                        + "lost. Send the request again."))
        }
    }

    /// What has been relayed by tokens can be continued by an engine that knows tokens alone.
    private func mayGoOn(_ admission: Admission) -> Bool {
        guard case .dispatched(let dispatch) = admission else { return true }
        return dispatch.endpoint.isResumable || !stream.hasBegun
    }

    /// It says of itself that it cannot serve now.
    private func isGivingUp(_ status: HTTPResponseStatus) -> Bool {
        switch status.code {
        case 503: true
        case 502, 504: !(dispatch?.endpoint.isResumable ?? false)
        default: false
        }
    }

    func beginStream() {
        guard !exchange.headIsSent else { return }
        isEventStream = true
        exchange.begin(
            .ok,
            [
                "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache",
                // Asks nginx and its kin not to collect the stream.
                "x-accel-buffering": "no",
            ])
    }

    private func takeEvents(_ body: ByteBuffer) {
        let before = stream.generated
        do throws(AnswerStream.Fault) {
            try stream.take(body, into: &outgoing)
        } catch {
            upstreamReadComplete()
            switch error {
            case .givenUp: lose(.connectionClosed, "it ends and gave the request up")
            case .tooLong: lose(.badAnswer, "an event of its answer has no end")
            }
            return
        }
        if firstToken == nil, stream.generated > before { firstToken = lastUpstream }
    }

    private func endEvents() {
        let isNative = dispatch?.endpoint.isResumable ?? false
        if stream.hasFailed {
            exchange.record.error = "engine_error"
            complete(usage)
            exchange.end()
        } else if stream.isDone || !isNative && stream.hasBegun {
            complete(usage)
            exchange.end()
        } else {
            lose(.connectionClosed, "it ended its answer too early")
        }
    }

    private func endHeld(_ head: HTTPResponseHead) {
        var usage = UsageReader.find(in: held.readableBytesUInt8Span) ?? usage
        usage.wasted = wasted
        if exchange.headIsSent {
            // Comments of waiting went out before, so the answer has to be an event.
            exchange.record.error = "engine_error"
            sendHeldAsEvent(head)
        } else {
            exchange.begin(head.status, AnswerHeaders.make(head.headers, length: held.readableBytes))
            if held.readableBytes > 0 { exchange.send(held) }
        }
        complete(usage)
        exchange.end()
    }

    private func pass(_ head: HTTPResponseHead) {
        guard !exchange.headIsSent else {
            lose(.badAnswer, "its answer is no stream of events")
            return
        }
        let length = head.headers.first(name: "content-length").flatMap { Int($0) }
        exchange.begin(head.status, AnswerHeaders.make(head.headers, length: length))
        exchange.send(held)
        held = ByteBuffer()
        phase = .passing
    }

    private func sendHeldAsEvent(_ head: HTTPResponseHead) {
        let text = held.readableBytesView.prefix(Limits.errorBytes)
        guard held.readableBytes <= Limits.errorBytes, text.first == UInt8(ascii: "{") else {
            var event: [UInt8] = []
            let error = APIError(
                .instanceLost, "The instance answered with status \(head.status.code) and no stream of events.")
            StreamEncoder.appendError(error, requestID: exchange.id, to: &event)
            exchange.send(ByteBuffer(bytes: event))
            return
        }
        // Line ends stand only between the tokens of JSON, where a blank means the same.
        var event = ByteBuffer(string: "data: ")
        event.writeBytes(text.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
        event.writeString("\n\n")
        exchange.send(event)
    }
}

/// The headers of an instance's answer that its client gets.
enum AnswerHeaders {
    static func make(_ given: HTTPHeaders, length: Int?) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(given.count + 2)
        for (name, value) in given where !isKept(back: name) { headers.add(name: name, value: value) }
        if let length { headers.add(name: "content-length", value: String(length)) }
        return headers
    }

    /// Hop-by-hop headers, cookies of other sites, and what we write ourselves.
    private static func isKept(back name: String) -> Bool {
        switch name.utf8.count {
        case 6: name.isSame("server")
        case 7: name.isSame("trailer") || name.isSame("upgrade")
        case 10: name.isSame("connection") || name.isSame("keep-alive") || name.isSame("set-cookie")
        case 12: name.isSame("x-request-id")
        case 14: name.isSame("content-length")
        case 16: name.isSame("proxy-connection")
        case 17: name.isSame("transfer-encoding")
        case 18: name.isSame("proxy-authenticate")
        default: name.utf8.count > 15 && name.prefix(15).lowercased() == "access-control-"
        }
    }
}
