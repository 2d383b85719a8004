import Control
import Gateway
import NIOCore
import Testing

@Suite("The site", .timeLimit(.minutes(1)))
struct SiteTests {
    private struct Site: SiteHandler {
        let answer: @Sendable (SiteRequest) async -> SiteResponse
        func respond(to request: SiteRequest) async -> SiteResponse { await answer(request) }
    }

    @Test("gets everything that is no model call, with who asks")
    func request() async throws {
        let seen = Mailbox<SiteRequest>()
        let site = Site { request in
            seen.put(request)
            return SiteResponse(status: 201, headers: [("x-a", "b")], body: .bytes(Array("made".utf8)))
        }
        try await TestGateway.run(FakeBroker(), site: site) { gateway in
            let reply = try await gateway.request("PUT", "/api/a%20b?c=d&e", "body", headers: [("X-In", "1")])
            #expect(reply.status == 201)
            #expect(reply.text == "made")
            #expect(reply.headers.first(name: "x-a") == "b")
            let request = try await seen.next()
            #expect(request.method == "PUT")
            #expect(request.path == "/api/a%20b")
            #expect(request.query == "c=d&e")
            #expect(request.body == Array("body".utf8))
            #expect(request.caller?.id == "key-1")
            #expect(request.header("x-in") == "1")
            #expect(request.id == reply.headers.first(name: "x-request-id"))
            let page = try await gateway.request("GET", "/", key: nil)
            #expect(page.status == 201)
            let anonymous = try await seen.next()
            #expect(anonymous.caller == nil)
        }
    }

    @Test("may answer by a stream, which ends when its reader leaves")
    func stream() async throws {
        let (pieces, source) = AsyncStream.makeStream(of: [UInt8].self)
        let ended = Mailbox<Bool>()
        source.onTermination = { _ in ended.put(true) }
        let site = Site { _ in SiteResponse(body: .stream(pieces)) }
        try await TestGateway.run(FakeBroker(), site: site) { gateway in
            source.yield(Array("one".utf8))
            let reading = Task {
                let response = try await gateway.open("GET", "/events")
                for try await _ in response.body { ended.put(false) }
            }
            let first = try await ended.next()
            #expect(!first)
            reading.cancel()
            let last = try await ended.next()
            #expect(last)
        }
    }
}
