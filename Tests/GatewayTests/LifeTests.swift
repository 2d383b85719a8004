import AsyncHTTPClient
import Control
import Foundation
import Gateway
import NIOCore
import Testing
import TestSupport

@Suite("Life", .timeLimit(.minutes(1)))
struct LifeTests {
    @Test("a shutdown lets streams end and takes nothing new")
    func graceful() async throws {
        let upstream = try await TestUpstream()
        let broker = FakeBroker(upstream.endpoint(isNative: true))
        try await TestGateway.run(broker) { gateway in
            let idle = try RawConnection(port: gateway.port)
            await idle.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = await idle.read(until: "ok\n")
            async let reply = gateway.chat(#"{"model":"m","stream":true}"#)
            let request = try await upstream.requests.next()
            request.perform([.events, .body(": tokens 0 1\ndata: one\n\n")])
            await gateway.shutDown()
            let rest = await idle.read()
            #expect(rest.isEmpty)
            request.perform([.body(": usage 1 0 1\n\ndata: [DONE]\n\n"), .end])
            let answer = try await reply
            #expect(answer.text == "data: one\n\ndata: [DONE]\n\n")
        }
    }

    @Test("a shutdown does not wait for ever")
    func bounded() async throws {
        let upstream = try await TestUpstream()
        let broker = FakeBroker(upstream.endpoint())
        try await TestGateway.run(broker) { options in
            options.timeouts.shutdown = .milliseconds(200)
        } body: { gateway in
            let call = Task { try await gateway.chat(#"{"model":"m","stream":true}"#) }
            let request = try await upstream.requests.next()
            request.perform([.events, .body("data: one\n\n")])
            await gateway.shutDown()
            guard case .clientGone = try await broker.outcomes.next() else {
                Issue.record("not cut")
                return
            }
            let result = await call.result
            #expect(throws: (any Error).self) { try result.get() }
        }
    }

    @Test("the administration socket is its owner's alone, who needs no key there")
    func administrationSocket() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("admin.sock")
        try await TestGateway.run(FakeBroker()) { options in
            options.administrationSocket = path
        } body: { _ in
            let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(permissions == 0o600)
            let request = HTTPClientRequest(url: "http+unix://\(path.replacing("/", with: "%2F"))/metrics")
            let reply = try await Reply(HTTPClient.shared.execute(request, timeout: .seconds(10)))
            #expect(reply.status == 200)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a port in use is a clear error")
    func portInUse() async throws {
        let other = try await TestUpstream()
        let error = await #expect(throws: GatewayError.self) {
            try await TestGateway.run(FakeBroker()) {
                $0.listen.port = other.port
            } body: { _ in
            }
        }
        #expect(error?.code == .cannotListen)
        #expect(error?.message.contains("127.0.0.1:\(other.port)") == true)
    }
}
