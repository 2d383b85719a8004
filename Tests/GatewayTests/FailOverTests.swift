import Control
import Foundation
import Gateway
import NIOCore
import Synchronization
import Testing

@Suite("Fail-over", .timeLimit(.minutes(3)))
struct FailOverTests {
    private static let body = #"{"model":"m","stream":true,"seed":5,"n":2,"messages":[]}"#

    @Test("a stream goes on byte for byte, wherever its instance was cut", arguments: [true, false])
    func everyCut(sendsUsage: Bool) async throws {
        let script = NativeScript(lengths: [6, 3], sendsUsage: sendsUsage)
        let cut = Atomic<Int>(0)
        let dying = try await TestUpstream { request in
            let whole = script.blocks(for: request.body).joined()
            let part = String(whole.prefix(cut.load(ordering: .relaxed)))
            return part.isEmpty ? [.events, .close] : [.events, .body(part), .close]
        }
        let healthy = try await TestUpstream { request in
            [.events] + script.blocks(for: request.body).map { .body($0) } + [.end]
        }
        let broker = FakeBroker(dying.endpoint(isNative: true), healthy.endpoint(isNative: true))
        try await TestGateway.run(broker) { gateway in
            let length = script.blocks(for: Self.body).joined().utf8.count + 20
            for place in 0..<length {
                cut.store(place, ordering: .relaxed)
                let reply = try await gateway.chat(Self.body)
                let asked = try await dying.requests.next()
                let expected = NativeScript.visible(script.blocks(for: asked.body))
                #expect(reply.text == expected, "cut after \(place) bytes")
                guard case .completed(let usage, _, _) = try await broker.outcomes.next() else {
                    Issue.record("not completed")
                    return
                }
                #expect(usage.generated == 9)
                #expect(usage.prompt == 10)
                #expect(usage.cached == 4)
            }
        }
    }

    @Test("a stream goes on through many losses and a wait in the queue")
    func manyLosses() async throws {
        let script = NativeScript(lengths: [5, 5, 2])
        // Each instance writes four blocks and dies.
        let upstream = try await TestUpstream { request in
            let blocks = script.blocks(for: request.body)
            let part = blocks.prefix(4).map { TestUpstream.Step.body($0) }
            return [.events] + part + (blocks.count > 4 ? [.close] : [.end])
        }
        let endpoint = upstream.endpoint(isNative: true)
        let broker = FakeBroker { arrival, attempt in
            attempt % 2 == 0 ? .queued : .dispatched(.to(endpoint, arrival, attempt))
        }
        try await TestGateway.run(broker) { gateway in
            let releasing = Task {
                while !Task.isCancelled {
                    let waiting = try await broker.queue.next()
                    waiting.request.resolved(.dispatched(.to(endpoint, waiting.arrival, 2)))
                }
            }
            let reply = try await gateway.chat(#"{"model":"m","stream":true,"n":3}"#)
            releasing.cancel()
            let asked = try await upstream.requests.next()
            // A wait that happens to be long is told of between the blocks; that is no data.
            let data = reply.text.replacing(WaitingTests.comment, with: "")
            #expect(data == NativeScript.visible(script.blocks(for: asked.body)))
            #expect(broker.losses.count > 3)
        }
    }

    @Test("an engine that ends itself gives its stream to another")
    func givenUp() async throws {
        let script = NativeScript(lengths: [4])
        let ending = try await TestUpstream { request in
            let blocks = script.blocks(for: request.body).prefix(3).joined()
            return [.events, .body(blocks + #"data: {"error":{"message":"m","code":"draining"}}"# + "\n\n"), .end]
        }
        let healthy = try await TestUpstream { request in
            [.events] + script.blocks(for: request.body).map { .body($0) } + [.end]
        }
        let broker = FakeBroker(ending.endpoint(isNative: true), healthy.endpoint(isNative: true))
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat(#"{"model":"m","stream":true}"#)
            let asked = try await ending.requests.next()
            #expect(reply.text == NativeScript.visible(script.blocks(for: asked.body)))
        }
    }

    @Test("an answer that is not streamed is asked for again, wherever it was cut", arguments: [true, false])
    func wholeAnswers(isNative: Bool) async throws {
        let text = #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#
        let head = TestUpstream.Step.head(
            200, [("content-type", "application/json"), ("content-length", "\(text.utf8.count)")])
        let cut = Atomic<Int>(0)
        let dying = try await TestUpstream { _ in
            let place = cut.load(ordering: .relaxed)
            return place < 0 ? [.close] : [head, .body(String(text.prefix(place))), .close]
        }
        let healthy = try await TestUpstream { _ in [head, .body(text), .end] }
        let broker = FakeBroker(dying.endpoint(isNative: isNative), healthy.endpoint(isNative: isNative))
        try await TestGateway.run(broker) { gateway in
            for place in -1..<text.utf8.count {
                cut.store(place, ordering: .relaxed)
                let reply = try await gateway.chat()
                #expect(reply.status == 200)
                #expect(reply.text == text)
                let first = try await dying.requests.next()
                let second = try await healthy.requests.next()
                #expect(first.body == second.body)
            }
        }
    }

    @Test("an instance that cannot be reached is replaced by another")
    func connectFails() async throws {
        let gone = try await TestUpstream()
        let endpoint = gone.endpoint()
        try await gone.close()
        let healthy = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        let broker = FakeBroker(endpoint, healthy.endpoint())
        try await TestGateway.run(broker) { gateway in
            let status1 = try await gateway.chat().status
            #expect(status1 == 200)
            #expect(broker.losses.map(\.kind) == [.connectFailed])
        }
    }

    @Test("a foreign stream that was cut keeps its part and ends with a clear error")
    func foreignStream() async throws {
        let dying = try await TestUpstream { _ in [.events, .body("data: one\n\ndata: two\n\ndata: thr"), .close] }
        let broker = FakeBroker(dying.endpoint(), dying.endpoint())
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat(#"{"model":"m","stream":true}"#)
            #expect(reply.status == 200)
            #expect(reply.text.hasPrefix("data: one\n\ndata: two\n\ndata: {\"error\":{\"message\":\""))
            #expect(reply.text.contains(#""code":"instance_lost""#))
            #expect(reply.text.hasSuffix("}\n\n"))
            #expect(!reply.text.contains("thr\""))
            #expect(broker.losses.map(\.isRetryable) == [false])
            let outcome2 = try await broker.outcomes.next()
            #expect(outcome2 == .failed(TokenUsage(generated: 2), code: "instance_lost"))
        }
    }

    @Test("a foreign stream that said nothing yet is asked for again")
    func foreignStreamBefore() async throws {
        let dying = try await TestUpstream { _ in [.events, .body("data: on"), .close] }
        let healthy = try await TestUpstream { _ in [.events, .body("data: one\n\ndata: [DONE]\n\n"), .end] }
        let broker = FakeBroker(dying.endpoint(), healthy.endpoint())
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat(#"{"model":"m","stream":true}"#)
            #expect(reply.text == "data: one\n\ndata: [DONE]\n\n")
        }
    }

    @Test("when no instance is left the caller hears why")
    func noneLeft() async throws {
        let dying = try await TestUpstream { _ in [.close] }
        let broker = FakeBroker(dying.endpoint())
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat()
            #expect(reply.status == 502)
            #expect(reply.code == "instance_lost")
            #expect(reply.message.contains("No instance is left."))
        }
    }

    @Test("what is no HTTP is the instance's fault")
    func rubbish() async throws {
        let rubbish = try await RawServer("GARBAGE\r\n\r\n")
        let broker = FakeBroker(Endpoint(address: .tcp(host: "127.0.0.1", port: rubbish.port)))
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat()
            #expect(reply.status == 502)
            #expect(broker.losses.map(\.kind) == [.badAnswer])
        }
    }
}
