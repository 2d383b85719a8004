import Engine
import EngineServer
import Glibc
import Logging
import TestSupport
import Testing

@Suite struct LifeTests {
    private func manual() throws -> FakeGenerator {
        var script = FakeGenerator.Script([])
        script.isManual = true
        return try FakeGenerator(script)
    }

    @Test("drains: turns unready, refuses what is new, finishes what is in flight")
    func drain() async throws {
        let generator = try manual()
        try await TestServer.run(generator) { server in
            async let reply = server.chat(#""stream":true"#)
            await generator.waitForRequests(1)
            await server.shutDown()
            await generator.waitForDrain()
            let health = try await server.get("/healthz")
            #expect(health.status == 503 && health.headers["retry-after"] != nil)
            let refused = try await server.chat()
            #expect(refused.status == 503 && refused.headers["retry-after"] != nil)
            #expect(try refused.json()["error"]["code"].string == "draining")
            generator.send("last words")
            generator.finish()
            let body = try await reply.body
            #expect(body.contains("last words") && body.hasSuffix("data: [DONE]\n\n"))
        }
    }

    @Test("cancels what is still in flight when the grace period is over", arguments: [true, false])
    func graceEnds(isStreamed: Bool) async throws {
        let generator = try manual()
        try await TestServer.run(generator, change: { $0.gracePeriod = .milliseconds(50) }) { server in
            async let reply = server.chat(isStreamed ? #""stream":true"# : "")
            await generator.waitForRequests(1)
            await server.shutDown()
            let (status, body) = try await (reply.status, reply.body)
            #expect(status == (isStreamed ? 200 : 503) && body.contains(#""code":"draining""#))
            await generator.waitForCancellations(1)
        }
    }

    @Test("ends at once when the lease closes, whatever is in flight")
    func leaseCloses() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (lease, owner) = (ends[0], ends[1])
        defer { close(lease) }
        let generator = try manual()
        try await TestServer.run(generator, change: { $0.lease = lease }) { server in
            #expect(write(owner, "x", 1) == 1, "what the owner writes does not matter")
            let health = try await server.get("/healthz")
            #expect(health.status == 200)
            async let reply = server.chat()
            await generator.waitForRequests(1)
            close(owner)
            let status = try await reply.status
            #expect(status == 503)
            await generator.waitForCancellations(1)
        }
    }

    @Test("takes a lease that was never open for a closed one")
    func noLease() async throws {
        let nothing = open("/dev/null", O_RDONLY)
        defer { close(nothing) }
        let (addresses, report) = AsyncStream.makeStream(of: ListenAddress.self)
        let options = EngineServer.Options(listen: .tcp(host: "127.0.0.1", port: 0), lease: nothing) {
            report.yield($0)
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await EngineServer(generator: FakeGenerator(), options: options, logger: logger).run()
        withExtendedLifetime(addresses) {}
    }

    private func start(_ listen: ListenAddress) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await EngineServer(
            generator: FakeGenerator(), options: EngineServer.Options(listen: listen), logger: logger
        ).run()
    }

    @Test("says so when the address is taken", arguments: TestServer.Transport.allCases)
    func addressInUse(transport: TestServer.Transport) async throws {
        try await TestServer.run(FakeGenerator(), transport) { server in
            let error = await #expect(throws: EngineServerError.self) { try await start(server.address) }
            #expect(error?.code == .addressInUse && error?.message.contains("--listen") == true)
            let health = try await server.get("/healthz")
            #expect(health.status == 200, "the first server goes on")
        }
    }

    @Test("says so when the address cannot be had")
    func badAddress() async throws {
        let error = await #expect(throws: EngineServerError.self) {
            try await start(.tcp(host: "203.0.113.1", port: 0))
        }
        #expect(error?.code == .cannotListen)
        let folder = try TemporaryFolder()
        _ = try folder.write([1], to: "file")
        let file = await #expect(throws: EngineServerError.self) { try await start(.unix(path: folder.file("file"))) }
        #expect(file?.code == .cannotListen && file?.message.contains("no socket") == true)
        #expect(try folder.names() == ["file"])
    }

    @Test("takes over the socket file of a server that was killed, and removes its own")
    func staleSocket() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("stale")
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        close(descriptor)
        try await TestServer.run(FakeGenerator(), change: { $0.listen = .unix(path: path) }) { server in
            let health = try await server.get("/healthz")
            #expect(health.status == 200)
            var status = stat()
            #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
        #expect(try folder.names().isEmpty)
    }

    @Test(
        "reads addresses",
        arguments: [
            ("127.0.0.1:7860", ListenAddress.tcp(host: "127.0.0.1", port: 7860)),
            ("[::1]:80", .tcp(host: "::1", port: 80)), ("localhost:0", .tcp(host: "localhost", port: 0)),
            ("unix:/run/a.sock", .unix(path: "/run/a.sock")),
        ])
    func addresses(text: String, address: ListenAddress) throws {
        #expect(try ListenAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(
        "refuses what is no address",
        arguments: [
            "", "7860", ":7860", "a:b", "a:70000", "::1:80", "unix:", "unix:" + String(repeating: "a", count: 108),
        ])
    func noAddresses(text: String) {
        let error = #expect(throws: EngineServerError.self) { try ListenAddress(text) }
        #expect(error?.code == .invalidAddress)
    }
}
