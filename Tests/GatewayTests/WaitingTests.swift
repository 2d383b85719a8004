import Control
import Gateway
import NIOCore
import Testing

@Suite("Waiting for an instance", .timeLimit(.minutes(1)))
struct WaitingTests {
    static let comment = ": waking m: starting, 40 %, about 2 s\n\n"

    @Test("a streaming caller hears how far it is, then gets the answer")
    func comments() async throws {
        let upstream = try await TestUpstream { _ in
            [.events, .body("data: one\n\n"), .body("data: [DONE]\n\n"), .end]
        }
        let endpoint = upstream.endpoint()
        let broker = FakeBroker { _, _ in .queued }
        try await TestGateway.run(broker) { gateway in
            let response = try await gateway.open(
                "POST", "/v1/chat/completions", #"{"model":"m","stream":true}"#)
            #expect(response.status == .ok)
            #expect(response.headers.first(name: "content-type") == "text/event-stream; charset=utf-8")
            let waiting = try await broker.queue.next()
            var text = ""
            var isReleased = false
            for try await part in response.body {
                text += String(buffer: part)
                if !isReleased, text.contains(Self.comment + Self.comment) {
                    isReleased = true
                    waiting.request.resolved(.dispatched(.to(endpoint, waiting.arrival, 1)))
                }
            }
            #expect(text.hasSuffix(Self.comment + "data: one\n\ndata: [DONE]\n\n"))
            #expect(text.replacing(Self.comment, with: "") == "data: one\n\ndata: [DONE]\n\n")
        }
    }

    @Test("other callers just wait")
    func plain() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        let endpoint = upstream.endpoint()
        let broker = FakeBroker { _, _ in .queued }
        try await TestGateway.run(broker) { gateway in
            async let reply = gateway.chat()
            let waiting = try await broker.queue.next()
            waiting.request.resolved(.dispatched(.to(endpoint, waiting.arrival, 1)))
            let answer = try await reply
            #expect(answer.text == "{}")
        }
    }

    @Test("a wake-up that fails is told in the stream that has begun")
    func failsInStream() async throws {
        let broker = FakeBroker { _, _ in .queued }
        try await TestGateway.run(broker) { gateway in
            let response = try await gateway.open(
                "POST", "/v1/chat/completions", #"{"model":"m","stream":true}"#)
            let waiting = try await broker.queue.next()
            waiting.request.resolved(.refused(RequestFailure(.startFailed, "It exited with status 3.")))
            let reply = try await Reply(response)
            #expect(reply.text.contains(#"data: {"error":{"message":"It exited with status 3."#))
            #expect(reply.text.contains(#""code":"start_failed""#))
            let outcome = try await broker.outcomes.next()
            #expect(outcome == .failed(TokenUsage(), code: "start_failed"))
        }
    }

    @Test("a wake-up that fails before is a 503 with Retry-After")
    func failsBefore() async throws {
        let broker = FakeBroker { _, _ in .queued }
        try await TestGateway.run(broker) { gateway in
            async let reply = gateway.chat()
            let waiting = try await broker.queue.next()
            waiting.request.resolved(
                .refused(RequestFailure(.coldStartTimeout, "Too slow.", retryAfter: .seconds(9))))
            let answer = try await reply
            #expect(answer.status == 503)
            #expect(answer.code == "cold_start_timeout")
            #expect(answer.headers.first(name: "retry-after") == "9")
        }
    }

    @Test("an instance's refusal comes as an event once the stream has begun")
    func refusalAfterComments() async throws {
        let upstream = try await TestUpstream { _ in
            TestUpstream.Step.json(400, "{\"error\":\n{\"code\":\"context_length_exceeded\"}}")
        }
        let endpoint = upstream.endpoint(isNative: true)
        let broker = FakeBroker { _, _ in .queued }
        try await TestGateway.run(broker) { gateway in
            let response = try await gateway.open(
                "POST", "/v1/chat/completions", #"{"model":"m","stream":true}"#)
            let waiting = try await broker.queue.next()
            waiting.request.resolved(.dispatched(.to(endpoint, waiting.arrival, 1)))
            let reply = try await Reply(response)
            #expect(reply.text.hasSuffix("data: {\"error\": {\"code\":\"context_length_exceeded\"}}\n\n"))
        }
    }

    @Test("a caller who leaves the queue is forgotten")
    func leaves() async throws {
        let broker = FakeBroker { _, _ in .queued }
        try await TestGateway.run(broker) { gateway in
            let call = Task { try await gateway.chat() }
            let waiting = try await broker.queue.next()
            call.cancel()
            let outcome = try await broker.outcomes.next()
            #expect(outcome == .clientGone(TokenUsage()))
            waiting.request.resolved(.refused(RequestFailure(.queueFull, "Late.")))
        }
    }

    @Test("a silent stream is kept alive by comments")
    func heartbeat() async throws {
        let upstream = try await TestUpstream()
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { options in
            options.timeouts.heartbeat = .milliseconds(300)
        } body: { gateway in
            let call = Task {
                try await gateway.open("POST", "/v1/chat/completions", #"{"model":"m","stream":true}"#)
            }
            let request = try await upstream.requests.next()
            request.perform([.events, .body("data: one\n\n")])
            let response = try await call.value
            var text = ""
            for try await part in response.body {
                text += String(buffer: part)
                if text.hasSuffix(": keep-alive\n\n") { request.perform([.body("data: [DONE]\n\n"), .end]) }
            }
            #expect(text.replacing(": keep-alive\n\n", with: "") == "data: one\n\ndata: [DONE]\n\n")
        }
    }
}
