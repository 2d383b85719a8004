import Engine
import EngineServer
import TestSupport
import Testing

@Suite struct DisconnectTests {
    private func manual(_ pieces: [String] = []) throws -> FakeGenerator {
        var script = FakeGenerator.Script(pieces)
        script.isManual = true
        return try FakeGenerator(script)
    }

    private func send(_ body: String, over connection: RawConnection) async {
        await connection.send(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    @Test("cancels the generation when the client disconnects", arguments: [true, false])
    func disconnect(isStreamed: Bool) async throws {
        let generator = try manual()
        try await TestServer.run(generator) { server in
            var connection: RawConnection? = try RawConnection(server.address)
            await send(TestServer.chatBody(isStreamed ? #""stream":true"# : ""), over: try #require(connection))
            await generator.waitForRequests(1)
            #expect(generator.cancelled == 0)
            connection = nil
            await generator.waitForCancellations(1)
            #expect(try await server.get("/metrics").body.contains(#"finished_reason="abort"} 1.0"#))
        }
    }

    @Test("cancels every prompt of a request whose client disconnects")
    func disconnectOfMany() async throws {
        let generator = try manual()
        try await TestServer.run(generator) { server in
            var connection: RawConnection? = try RawConnection(server.address)
            let body = #"{"prompt":["a","b","c"]}"#
            await connection?.send(
                "POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            await generator.waitForRequests(3)
            connection = nil
            await generator.waitForCancellations(3)
        }
    }

    @Test("serves others while a client does not read, and cuts it off when its time is over")
    func stalledReader() async throws {
        let generator = try manual()
        try await TestServer.run(generator, change: { $0.stalledReaderTimeout = .milliseconds(200) }) { server in
            let stalled = try RawConnection(server.address, receiveBuffer: 4096)
            await send(TestServer.chatBody(#""stream":true"#), over: stalled)
            await generator.waitForRequests(1)
            let piece = String(repeating: "a", count: 1 << 20)
            for _ in 0..<20 { generator.send(piece) }
            generator.play(FakeGenerator.Script(["fine"]))
            let other = try await server.chat()
            #expect(other.status == 200 && other.body.contains("fine"))
            await generator.waitForCancellations(1)
            withExtendedLifetime(stalled) {}
        }
    }

    @Test("keeps a connection for several requests, streamed ones among them")
    func keepAlive() async throws {
        try await TestServer.run(FakeGenerator()) { server in
            let connection = try RawConnection(server.address)
            for _ in 0..<3 {
                await send(TestServer.chatBody(#""stream":true"#), over: connection)
                #expect(await connection.read(until: "0\r\n\r\n").contains("data: [DONE]"))
                await send(TestServer.chatBody(), over: connection)
                #expect(await connection.read(until: "}}").contains("Hello"))
            }
        }
    }
}
