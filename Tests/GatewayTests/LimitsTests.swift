import AsyncHTTPClient
import Control
import Gateway
import NIOCore
import TestSupport
import Testing

@Suite("Limits", .timeLimit(.minutes(1)))
struct LimitsTests {
    @Test("a caller may ask so often a minute")
    func rate() async throws {
        let upstream = try await TestUpstream { _ in TestUpstream.Step.json(200, "{}") }
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { gateway in
            var statuses: [Int] = []
            var last: Reply?
            for _ in 0..<3 {
                let reply = try await gateway.request(
                    "POST", "/v1/chat/completions", #"{"model":"m"}"#, key: "pk-slow")
                statuses.append(reply.status)
                last = reply
            }
            #expect(statuses == [200, 200, 429])
            #expect(last?.code == "rate_limit_exceeded")
            let seconds = last?.headers.first(name: "retry-after").flatMap { Int($0) } ?? 0
            #expect(1...30 ~= seconds)
            let other = try await gateway.chat()
            #expect(other.status == 200)
        }
    }

    @Test("a caller may have so many requests in flight")
    func streams() async throws {
        let upstream = try await TestUpstream()
        try await TestGateway.run(FakeBroker(upstream.endpoint())) { options in
            options.streamsPerCaller = 1
        } body: { gateway in
            async let first = gateway.chat()
            let request = try await upstream.requests.next()
            let second = try await gateway.chat()
            #expect(second.status == 429)
            #expect(second.code == "too_many_streams")
            request.perform(TestUpstream.Step.json(200, "{}"))
            let answered = try await first
            #expect(answered.status == 200)
            async let third = gateway.chat()
            try await upstream.requests.next().perform(TestUpstream.Step.json(200, "{}"))
            let again = try await third
            #expect(again.status == 200)
        }
    }

    @Test("a body has a limit, announced or not", arguments: [true, false])
    func body(isAnnounced: Bool) async throws {
        try await TestGateway.run(FakeBroker()) { options in
            options.bodyBytes = 1_000
            options.timeouts.linger = .milliseconds(300)
        } body: { gateway in
            let client = try RawConnection(port: gateway.port)
            let length = isAnnounced ? "Content-Length: 5000" : "Transfer-Encoding: chunked"
            await client.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(TestGateway.key)\r\n"
                    + "\(length)\r\n\r\n")
            if !isAnnounced { await client.send("7d0\r\n" + String(repeating: "x", count: 2_000) + "\r\n") }
            let answer = await client.read()
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.lowercased().contains("connection: close"))
            #expect(answer.contains("request_too_large"))
        }
    }

    @Test("headers have a limit")
    func headers() async throws {
        try await TestGateway.run(FakeBroker()) { options in
            options.headerBytes = 2_000
        } body: { gateway in
            let client = try RawConnection(port: gateway.port)
            await client.send(
                "GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: "x", count: 4_000))\r\n\r\n")
            let answer = await client.read()
            #expect(answer.hasPrefix("HTTP/1.1 431 "))
            #expect(answer.contains("headers_too_large"))
        }
    }

    @Test("a refused request does not cost its connection")
    func refusedKeepsConnection() async throws {
        try await TestGateway.run(FakeBroker()) { gateway in
            let client = try RawConnection(port: gateway.port)
            let body = String(repeating: "x", count: 500)
            await client.send("POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n\(body)")
            let refusal = await client.read(until: "}}")
            #expect(refusal.hasPrefix("HTTP/1.1 401 "))
            await client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = await client.read(until: "ok\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("connections have a limit")
    func connections() async throws {
        try await TestGateway.run(FakeBroker()) { options in
            options.connections = 1
        } body: { gateway in
            let first = try RawConnection(port: gateway.port)
            await first.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await first.read(until: "ok\n")
            let second = try RawConnection(port: gateway.port)
            let answer = await second.read()
            #expect(answer.isEmpty)
            await first.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            let still = await first.read(until: "ok\n")
            #expect(still.contains("200"))
        }
    }

    @Test("a request that does not come to its end is given up")
    func slowBody() async throws {
        try await TestGateway.run(FakeBroker()) { options in
            options.timeouts.receiving = .milliseconds(200)
            options.timeouts.linger = .milliseconds(100)
        } body: { gateway in
            let client = try RawConnection(port: gateway.port)
            await client.send(String(RawRequest.chat(#"{"model":"m"}"#).dropLast(3)))
            let answer = await client.read()
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test("a connection that says nothing is closed")
    func idle() async throws {
        try await TestGateway.run(FakeBroker()) { options in
            options.timeouts.idleClient = .milliseconds(200)
        } body: { gateway in
            let client = try RawConnection(port: gateway.port)
            let answer = await client.read()
            #expect(answer.isEmpty)
        }
    }

    @Test("limits change live")
    func reload() async throws {
        try await TestGateway.run(FakeBroker()) { gateway in
            var options = GatewayOptions()
            options.bodyBytes = 5
            try gateway.gateway.reload(options)
            let reply = try await gateway.chat()
            #expect(reply.status == 413)
        }
    }
}

@Suite("Buckets of callers")
struct CallerTableTests {
    @Test("a bucket fills with time, and holds a minute's worth")
    func fills() {
        var table = CallerTable()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        func ask(_ seconds: Int64) -> CallerTable.Refusal? {
            table.admit("a", perMinute: 6, streams: 1_000, now: start + .seconds(seconds))
        }
        for _ in 0..<6 { #expect(ask(0) == nil) }
        #expect(ask(0) == .tooFast(retryAfter: 10))
        #expect(ask(4) == .tooFast(retryAfter: 6))
        #expect(ask(10) == nil)
        #expect(ask(10) == .tooFast(retryAfter: 10))
        for _ in 0..<6 { #expect(ask(1_000) == nil) }
        #expect(ask(1_000) != nil)
    }

    @Test("what is refused is not counted as in flight")
    func inFlight() {
        var table = CallerTable()
        let now = NIODeadline.uptimeNanoseconds(1)
        #expect(table.admit("a", perMinute: nil, streams: 1, now: now) == nil)
        #expect(table.admit("a", perMinute: nil, streams: 1, now: now) == .tooMany)
        #expect(table.admit("b", perMinute: nil, streams: 1, now: now) == nil)
        table.release("a")
        #expect(table.inFlight("a") == 0)
        #expect(table.admit("a", perMinute: nil, streams: 1, now: now) == nil)
    }
}
