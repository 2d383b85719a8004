import Control
import Gateway
import NIOCore
import Testing
import TestSupport

@Suite("HTTP", .timeLimit(.minutes(1)))
struct ProtocolTests {
    @Test(
        "what is no HTTP gets our error, not silence",
        arguments: [
            "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /v1/models HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nbad header\r\n\r\n",
            "POST /v1/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST /v1/models HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ])
    func malformed(text: String) async throws {
        try await TestGateway.run(FakeBroker()) { gateway in
            let client = try RawConnection(port: gateway.port)
            await client.send(text)
            let answer = await client.read()
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
            #expect(answer.contains(#""code":"malformed_request""#))
            #expect(answer.contains("x-request-id: req-"))
        }
    }

    @Test("requests that come together are answered in their order")
    func pipelining() async throws {
        let upstream = try await TestUpstream { request in TestUpstream.Step.json(200, request.body) }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            let client = try RawConnection(port: gateway.port)
            let bodies = (1...5).map { #"{"model":"m","number":\#($0)}"# }
            await client.send(bodies.map { RawRequest.chat($0) }.joined())
            let answer = await client.read(until: bodies[4])
            let places = bodies.map { answer.range(of: $0)?.lowerBound }
            #expect(!places.contains(nil))
            #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
        }
    }

    @Test("a client that waits for leave gets it, or the refusal instead")
    func expectContinue() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            let client = try RawConnection(port: gateway.port)
            let body = #"{"model":"m"}"#
            let whole = RawRequest.chat(body, headers: "Expect: 100-continue\r\n")
            await client.send(String(whole.dropLast(body.count)))
            let leave = await client.read(until: "\r\n\r\n")
            #expect(leave.hasPrefix("HTTP/1.1 100 "))
            await client.send(body)
            let answer = await client.read(until: "{}")
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            let stranger = try RawConnection(port: gateway.port)
            await stranger.send(
                "POST /v1/completions HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
            let refusal = await stranger.read(until: "}}")
            #expect(refusal.hasPrefix("HTTP/1.1 401 "))
        }
    }

    @Test("a body may come in chunks, however small")
    func chunks() async throws {
        let upstream = try await TestUpstream { request in TestUpstream.Step.json(200, request.body) }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            let client = try RawConnection(port: gateway.port)
            let body = #"{"model":"m","text":"äöü"}"#
            await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(TestGateway.key)\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n")
            var pieces = ""
            for byte in body.unicodeScalars {
                let text = String(byte)
                pieces += "\(text.utf8.count)\r\n\(text)\r\n"
            }
            await client.send(pieces + "0\r\n\r\n")
            let answer = await client.read(until: body)
            #expect(answer.contains(body))
        }
    }

    @Test("HTTP/1.0 gets its answer and the connection's end")
    func oldVersion() async throws {
        let upstream = try await TestUpstream { _ in [.events, .body("data: one\n\ndata: [DONE]\n\n"), .end] }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            let client = try RawConnection(port: gateway.port)
            let request = RawRequest.chat(#"{"model":"m","stream":true}"#)
            await client.send(request.replacing("HTTP/1.1", with: "HTTP/1.0"))
            let answer = await client.read()
            #expect(answer.hasSuffix("\r\n\r\ndata: one\n\ndata: [DONE]\n\n"))
            #expect(!answer.contains("chunked"))
        }
    }

    @Test("rubbish never breaks the gateway")
    func fuzz() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { options in
            options.timeouts.receiving = .milliseconds(100)
            options.timeouts.idleClient = .milliseconds(100)
            options.timeouts.linger = .milliseconds(100)
        } body: { gateway in
            for _ in 0..<50 {
                var bytes = Array(RawRequest.chat(#"{"model":"m","messages":[]}"#).utf8)
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...127, using: &random)
                }
                let client = try RawConnection(port: gateway.port)
                await client.send(String(decoding: bytes, as: UTF8.self))
                let answer = await client.read()
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/"), "seed \(seed)")
            }
            let reply = try await gateway.chat()
            #expect(reply.status == 200, "seed \(seed)")
        }
    }
}
