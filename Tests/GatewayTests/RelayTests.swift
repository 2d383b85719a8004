import AsyncHTTPClient
import Control
import Foundation
import Gateway
import Logging
import NIOCore
import TestSupport
import Testing

@Suite("Relaying", .timeLimit(.minutes(2)))
struct RelayTests {
    private static let answer = #"{"id":"a","usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}"#

    @Test("relays an answer with its status and settles its usage")
    func relays() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        let broker = FakeBroker(upstream.endpoint())
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat()
            #expect(reply.status == 200)
            #expect(reply.text == Self.answer)
            #expect(reply.headers.first(name: "x-request-id")?.hasPrefix("req-") == true)
            guard case .completed(let usage, let status, _) = try await broker.outcomes.next() else {
                Issue.record("not completed")
                return
            }
            #expect(status == 200)
            #expect(usage == TokenUsage(prompt: 3, generated: 5))
        }
    }

    @Test("hides the client's secrets from the instance and brings the instance's own")
    func secrets() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        let endpoint = upstream.endpoint {
            $0.bearer = "theirs"
            $0.modelName = "big\"model"
            $0.basePath = "/api"
        }
        try await TestGateway.run(FakeBroker(endpoint)) { gateway in
            let headers = [("cookie", "a=b"), ("x-request-id", "mine"), ("x-other", "kept"), ("connection", "x")]
            let body = #"{"messages": [], "model" : "m" , "temperature":1 } "#
            let reply = try await gateway.request("POST", "/v1/chat/completions", body, headers: headers)
            #expect(reply.headers.first(name: "x-request-id") == "mine")
            let request = try await upstream.requests.next()
            #expect(request.head.uri == "/api/v1/chat/completions")
            #expect(request.header("authorization") == "Bearer theirs")
            #expect(request.header("cookie") == nil)
            #expect(request.header("x-request-id") == "mine")
            #expect(request.header("x-other") == "kept")
            #expect(request.body == #"{"messages": [], "model" : "big\"model" , "temperature":1 }"#)
        }
    }

    @Test("fills in a service's defaults and a seed, once, where the caller says nothing")
    func defaults() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        let route = ServiceRoute(name: "m", defaults: .init(maxTokens: 512, temperature: 0.5, topP: 0.9))
        let broker = FakeBroker(upstream.endpoint(isNative: true))
        try await TestGateway.run(broker, routes: [route]) { gateway in
            _ = try await gateway.chat(#"{"model":"m","temperature":null,"max_completion_tokens":7,"seed":1}"#)
            let request = try await upstream.requests.next()
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
            #expect(json["temperature"] as? Double == 0.5)
            #expect(json["top_p"] as? Double == 0.9)
            #expect(json["max_tokens"] == nil)
            #expect(json["seed"] as? Int == 1)
            #expect((json["pronk"] as? [String: Any])?["created"] is Int)
            #expect((json["pronk"] as? [String: Any])?["tokens"] == nil)
            _ = try await gateway.chat(#"{"model":"m","stream":true}"#)
            let second = try await upstream.requests.next()
            #expect(second.body.contains(#""max_tokens":512"#))
            #expect(second.body.contains(#""seed":"#))
            #expect(second.body.contains(#""tokens":true"#))
        }
    }

    @Test("keeps one connection to an instance for one request after the other")
    func pooling() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { options in
            options.eventLoops = 1
        } body: { gateway in
            for number in 1...5 {
                let status1 = try await gateway.chat().status
                #expect(status1 == 200)
                let found2 = try await upstream.requests.next().number
                #expect(found2 == number)
            }
        }
    }

    @Test("asks again at once when a kept connection turns out to be closed")
    func staleConnection() async throws {
        // Each connection serves one request, says that it stays open, and closes when the next one comes.
        let upstream = try await TestUpstream { request in
            request.number == 1 ? TestUpstream.Step.json(200, Self.answer) : [.close]
        }
        let broker = FakeBroker(upstream.endpoint())
        try await TestGateway.run(broker) { options in
            options.eventLoops = 1
        } body: { gateway in
            for _ in 1...3 {
                let reply = try await gateway.chat()
                #expect(reply.status == 200)
            }
            #expect(broker.losses.isEmpty)
        }
    }

    @Test("takes an instance's refusal as the answer, and another instance when it says 503")
    func refusals() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(400, #"{"error":{"code":"x"}}"#) }
        let ending = try await TestUpstream { _ in TestUpstream.Step.json(503, #"{"error":{"code":"draining"}}"#) }
        let broker = FakeBroker(ending.endpoint(isNative: true), upstream.endpoint(isNative: true))
        try await TestGateway.run(broker) { gateway in
            let reply = try await gateway.chat()
            #expect(reply.status == 400)
            #expect(reply.code == "x")
            #expect(broker.losses.map(\.kind) == [.badAnswer])
        }
    }

    @Test("cancels at the instance when the client leaves, and says so")
    func clientLeaves() async throws {
        let upstream = try await TestUpstream()
        let broker = FakeBroker(upstream.endpoint(isNative: true))
        try await TestGateway.run(broker) { gateway in
            let body = #"{"model":"m","stream":true}"#
            let call = Task { try await gateway.chat(body) }
            let request = try await upstream.requests.next()
            request.perform([.events, .body(": tokens 0 1 2\ndata: a\n\n")])
            _ = try await broker.progressReports.next()
            call.cancel()
            try await request.waitUntilClosed()
            let outcome3 = try await broker.outcomes.next()
            #expect(outcome3 == .clientGone(TokenUsage(generated: 2)))
        }
    }

    @Test("gives up on an instance that says nothing")
    func silence() async throws {
        let silent = try await TestUpstream()
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        let broker = FakeBroker(silent.endpoint(), upstream.endpoint())
        try await TestGateway.run(broker) { options in
            options.timeouts.silence = .milliseconds(300)
        } body: { gateway in
            let status4 = try await gateway.chat().status
            #expect(status4 == 200)
            #expect(broker.losses.map(\.kind) == [.timedOut])
        }
    }

    @Test("relays an answer too long to hold as it comes")
    func longAnswer() async throws {
        let text = String(repeating: "x", count: 3 << 20)
        let upstream = try await TestUpstream { _ in
            [.head(200, [("content-type", "application/json")]), .body(text), .end]
        }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            let reply = try await gateway.chat()
            #expect(reply.text == text)
        }
    }

    @Test("reads no more from an instance than its client takes, and cuts a client that takes nothing")
    func slowReader() async throws {
        let upstream = try await TestUpstream()
        let broker = FakeBroker(upstream.endpoint())
        try await TestGateway.run(broker) { options in
            options.timeouts.stalledReader = .milliseconds(500)
        } body: { gateway in
            let client = try RawConnection(port: gateway.port, receiveBuffer: 4096)
            await client.send(RawRequest.chat(#"{"model":"m","stream":true}"#))
            let request = try await upstream.requests.next()
            request.perform([.events])
            let event = "data: " + String(repeating: "x", count: 60_000) + "\n\n"
            for _ in 0..<400 { request.perform([.body(event)]) }
            guard case .clientGone(let usage) = try await broker.outcomes.next() else {
                Issue.record("the client was not cut")
                return
            }
            #expect(usage.generated < 400)
            try await request.waitUntilClosed()
        }
    }

    @Test("writes one line for a request, with what it took")
    func accessLog() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, Self.answer) }
        let log = Mailbox<Logger.Metadata>()
        try await TestGateway.run(FakeBroker(upstream.endpoint()), log: log) { gateway in
            _ = try await gateway.chat()
            let line = try await log.next()
            #expect(line["status"] == "200")
            #expect(line["service"] == "m")
            #expect(line["instance"] == "m-1")
            #expect(line["caller"] == "key-1")
            #expect(line["generated_tokens"] == "5")
            #expect(line["request_id"] != nil)
            #expect(line["waited_ms"] != nil)
        }
    }
}

/// Requests as text, for raw connections.
enum RawRequest {
    static func chat(_ body: String, headers: String = "") -> String {
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(TestGateway.key)\r\n"
            + "\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
