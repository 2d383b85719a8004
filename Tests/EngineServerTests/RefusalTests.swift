import AsyncHTTPClient
import Engine
import EngineServer
import NIOCore
import TestSupport
import Testing

@Suite struct RefusalTests {
    @Test(
        "maps each of the engine's refusals to a status of its own",
        arguments: [
            (EngineError.Code.queueFull, 429, "queue_full", true), (.draining, 503, "draining", true),
            (.invalidParameter, 400, "invalid_value", false), (.internalFailure, 500, "internal_error", false),
            (.contextLengthExceeded, 400, "context_length_exceeded", false),
            (.emptyPrompt, 400, "invalid_value", false),
            (.cancelled, 503, "cancelled", true),
        ])
    func engineErrors(code: EngineError.Code, status: Int, name: String, retries: Bool) async throws {
        let generator = try FakeGenerator()
        generator.refuse(EngineError(code, "The message."))
        try await TestServer.run(generator) { server in
            for fields in ["", #""stream":true"#] {
                let reply = try await server.chat(fields)
                #expect(reply.status == status && (reply.headers["retry-after"] != nil) == retries)
                #expect(try reply.json()["error"]["code"].string == name)
            }
            generator.refuse(nil)
            #expect(try await server.chat().status == 200, "the next request is served")
        }
    }

    @Test("names both lengths when the prompt is longer than the context")
    func tooLong() async throws {
        try await TestServer.run(FakeGenerator(contextLength: 16)) { server in
            let reply = try await server.post("/v1/completions", #"{"prompt":"\#(String(repeating: "a", count: 40))"}"#)
            let error = try reply.json()["error"]
            #expect(reply.status == 400 && error["code"].string == "context_length_exceeded")
            #expect(error["message"].string?.contains("40") == true && error["message"].string?.contains("16") == true)
        }
    }

    @Test("names the place where JSON breaks, and serves the next request")
    func invalidJSON() async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let reply = try await server.post("/v1/chat/completions", #"{"messages": [}"#)
            let error = try reply.json()["error"]
            #expect(reply.status == 400 && error["code"].string == "invalid_json")
            #expect(error["message"].string?.contains("line 1, column 15") == true)
            #expect(try await server.post("/v1/chat/completions", "").status == 400)
            #expect(try await server.chat().status == 200)
        }
    }

    @Test("refuses an announced body of 100 MB before any of it is sent, and closes")
    func announcedBody() async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let connection = try RawConnection(server.address)
            await connection.send("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n")
            let answer = await connection.read()
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.lowercased().contains("connection: close"))
            #expect(answer.contains(#""code":"request_too_large""#))
            #expect(try await server.chat().status == 200)
        }
    }

    @Test("answers a client that sends 100 MB all the same")
    func sentBody() async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let connection = try RawConnection(server.address)
            await connection.send("POST /v1/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "100000\r\n" + String(repeating: "a", count: 1 << 20) + "\r\n"
            for _ in 0..<100 { guard await connection.send(chunk) else { break } }
            #expect(await connection.read(until: "}}").contains(#""code":"request_too_large""#))
            #expect(try await server.chat().status == 200)
        }
    }

    @Test("asks for the body when the client waits to be asked")
    func expectation() async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let connection = try RawConnection(server.address)
            let body = TestServer.chatBody()
            await connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n")
            #expect(await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
            await connection.send(body)
            #expect(await connection.read(until: "}}").contains("Hello"))
        }
    }

    @Test(
        "survives requests that are no HTTP",
        arguments: [
            "rubbish\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST /v1/completions HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 100_000))\r\n\r\n",
        ])
    func noHTTP(request: String) async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let connection = try RawConnection(server.address)
            await connection.send(request)
            #expect(await connection.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400 "))
            #expect(try await server.get("/healthz").status == 200)
        }
    }
}
