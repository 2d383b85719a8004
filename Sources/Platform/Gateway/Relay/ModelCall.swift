import Autoscaling
import Control
import Identity
import NIOCore
import NIOHTTP1
import OpenAIAPI

/// One call of a model, from its body to the last byte of its answer, through as many instances as it takes.
///
/// It lives on its connection's event loop and moves by what the broker, the instance, the client and the sweep tell
/// it. Whatever happens, the broker hears of its end exactly once.
final class ModelCall: Call {
    enum Phase {
        /// In the activator's queue.
        case queued
        case connecting
        /// Sent; nothing of an answer yet.
        case asked
        /// A stream of events is relayed.
        case events
        /// The answer is held until it is whole.
        case holding(HTTPResponseHead)
        /// The answer was too long to hold: it is relayed as it comes.
        case passing
        case ended
    }

    let exchange: Exchange
    let loop: LoopState
    let generates: Bool
    let fields: CallFields
    let body: ByteBuffer
    let route: ServiceRoute
    let number: RequestID
    /// Seconds since 1970, the same for every instance.
    let created: Int
    let seed: Int
    var phase = Phase.queued
    var dispatch: Dispatch?
    /// Counts connections asked for, so that a late one is recognised.
    var connectionNumber = 0
    var upstream: UpstreamConnection?
    var stream: AnswerStream
    var outgoing = ByteBuffer()
    var held = ByteBuffer()
    var lastUpstream = NIODeadline.now()
    var firstToken: NIODeadline?
    var lastComment = NIODeadline.uptimeNanoseconds(0)
    var reportedTokens = 0
    var wasted = 0
    /// Tokens that came from instances which were lost.
    var generatedElsewhere = 0

    static func start(_ exchange: Exchange, _ kind: CallKind, body: ByteBuffer) {
        do throws(APIError) {
            let bytes = body.readableBytesUInt8Span
            let fields = try kind == .form ? CallFields(form: body, of: exchange) : CallScanner.scan(bytes)
            guard let name = fields.model else { throw .missingModel }
            let catalogue = exchange.loop.settings.catalogue
            guard let route = catalogue.route(named: name) else { throw .unknownModel(name, catalogue) }
            exchange.record.service = route.name
            let call = ModelCall(exchange, generates: kind == .generation, fields: fields, body: body, route: route)
            exchange.call = call
            call.submit(affinity: fields.affinity(bytes))
        } catch {
            exchange.fail(error)
        }
    }

    private init(
        _ exchange: Exchange, generates: Bool, fields: CallFields, body: ByteBuffer, route: ServiceRoute
    ) {
        self.exchange = exchange
        loop = exchange.loop
        self.generates = generates
        self.fields = fields
        self.body = body
        self.route = route
        number = exchange.loop.core.nextRequest()
        created = WallClock.secondsSince1970()
        // Positive and exact in a double, so that every reader of JSON gets the same number.
        seed = Int(exchange.loop.random.next() >> 11)
        stream = AnswerStream(isNative: false, sequences: fields.sequences)
    }

    private func submit(affinity: UInt64?) {
        let size = RequestSize(
            // Four bytes make a token, about.
            promptTokens: (fields.content?.count ?? 0) / 4 + 1,
            maximumTokens: fields.maximumTokens ?? route.defaults.maxTokens ?? 0, choices: fields.sequences)
        let arrival = RequestArrival(
            id: number, service: route.name, tenant: exchange.tenantName, size: size, affinity: affinity,
            name: exchange.id)
        switch loop.core.broker.submit(arrival, waiting: waiter()) {
        case .refused(let failure):
            phase = .ended
            exchange.fail(APIError(failure))
        case let admission: take(admission)
        }
    }

    func waiter() -> CallWaiter { CallWaiter(self, loop: loop.loop) }

    /// The broker answered after the call had been queued.
    func resolved(_ admission: Admission) {
        guard case .queued = phase else { return }
        take(admission)
    }

    func take(_ admission: Admission) {
        switch admission {
        case .queued: phase = .queued
        case .dispatched(let dispatch):
            if exchange.record.waited == nil { exchange.record.waited = .now() - exchange.startedAt }
            exchange.record.instance = dispatch.instance.description
            exchange.record.attempts = dispatch.attempt
            self.dispatch = dispatch
            ask(dispatch.endpoint)
        case .refused(let failure): fail(APIError(failure))
        }
    }

    // MARK: Ends

    var usage: TokenUsage {
        var usage = stream.usage ?? TokenUsage(generated: stream.generated)
        usage.wasted = wasted
        return usage
    }

    func complete(_ usage: TokenUsage) {
        let first = firstToken.map { $0 - exchange.startedAt }
        exchange.record.timeToFirstToken = first
        finish(
            .completed(
                usage, status: exchange.record.status, timeToFirstToken: first.map { .nanoseconds($0.nanoseconds) }),
            usage)
    }

    func fail(_ error: APIError) {
        let usage = usage
        finish(.failed(usage, code: error.code.rawValue), usage)
        if case .relayed = answerForm {
            exchange.record.error = error.code.rawValue
            exchange.breakOff()
        } else if exchange.headIsSent {
            exchange.failStream(error)
        } else {
            exchange.fail(error)
        }
    }

    func clientGone() {
        let usage = usage
        finish(.clientGone(usage), usage)
    }

    /// What the client has of the answer.
    var answerForm: AnswerForm {
        guard exchange.headIsSent else { return .nothing }
        return fields.isStreamed && isEventStream ? .events : .relayed
    }

    enum AnswerForm { case nothing, events, relayed }

    /// Headers of a stream of events have gone out.
    var isEventStream = false

    private func finish(_ outcome: RequestOutcome, _ usage: TokenUsage) {
        if case .ended = phase { return }
        phase = .ended
        exchange.record.promptTokens = usage.prompt
        exchange.record.generatedTokens = usage.generated
        upstream?.abandon()
        upstream = nil
        loop.core.broker.finish(number, outcome)
    }
}

/// Brings the broker's answer, which comes on any thread, to the call's event loop.
final class CallWaiter: WaitingRequest {
    private let call: NIOLoopBound<Weak>

    private final class Weak {
        weak var call: ModelCall?
        init(_ call: ModelCall) { self.call = call }
    }

    init(_ call: ModelCall, loop: any EventLoop) { self.call = NIOLoopBound(Weak(call), eventLoop: loop) }

    func resolved(_ admission: Admission) {
        let call = call
        call.eventLoop.execute { call.value.call?.resolved(admission) }
    }
}
