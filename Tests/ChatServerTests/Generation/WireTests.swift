import AsyncHTTPClient
import ChatServer
import Conversations
import Foundation
import Gateway
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

/// The client of the gateway, against a server on a Unix socket that answers as a test says.
@Suite("Calls over the wire", .timeLimit(.minutes(2)))
struct WireTests {
    @Test("sends what was set and nothing else, in the account's name")
    func body() async throws {
        let server = try await SocketServer { _ in SocketServer.events("data: [DONE]\n\n") }
        try await server.use { client in
            var settings = ChatSettings()
            settings.topK = 7
            settings.stop = ["END"]
            var call = CompletionCall(
                caller: "user_1", model: "m", messages: [.init(.user, "模")], settings: settings, seed: 5)
            try await client.stream(call) { _ in }
            let request = try await server.requests.next()
            #expect(request.head.headers.first(name: "x-pronk-caller") == "user_1")
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any])
            #expect(Set(json.keys) == ["model", "messages", "stream", "stream_options", "seed", "top_k", "stop"])
            #expect(json["seed"] as? Int == 5 && json["top_k"] as? Int == 7)
            call.continuesLast = true
            try await client.stream(call) { _ in }
            let second = try await server.requests.next().body
            #expect(second.contains(#""continue_final_message":true"#))
            #expect(second.contains(#""add_generation_prompt":false"#))
        }
    }

    @Test("reads text, thoughts, waiting, usage and the reason of the end, however the stream is cut")
    func events() async throws {
        let stream = """
            : waking my:model: starting, 42 %, about 3 s, 2 in the queue

            : waking my:model: queued

            : waking my:model: starting, less than 1 s

            : keep-alive

            data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}

            data: {"choices":[{"delta":{"content":"模型 \\n"}}]}\r
            \r
            data: {"choices":[{"delta":{},"finish_reason":"length"}]}

            data: {"choices":[],
            data: "usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}

            data: [DONE]


            """
        let expected: [CompletionEvent] = [
            .waiting(.init(state: "starting", percent: 42, remaining: 3, queued: 2)),
            .waiting(.init(state: "queued")), .waiting(.init(state: "starting", remaining: 0)), .reasoning("hm"),
            .text("模型 \n"), .finished("length"), .usage(.init(prompt: 9, cached: 4, completion: 2)),
        ]
        for seed in UInt64(0)..<20 {
            let server = try await SocketServer { _ in
                var random = SeededGenerator(seed: seed)
                var steps = SocketServer.events()
                var rest = Array(stream.utf8)[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...80, using: &random))
                    rest = rest.dropFirst(piece.count)
                    steps.append(.body(Array(piece)))
                }
                return steps + [.end]
            }
            try await server.use { client in
                let collected = Collected()
                try await client.stream(Self.call) { await collected.add($0) }
                #expect(await collected.events == expected, "seed \(seed)")
            }
        }
    }

    @Test("says in the gateway's words why a call failed", arguments: [false, true])
    func refusals(inStream: Bool) async throws {
        let envelope = #"{"error":{"message":"Full.","type":"x","param":null,"code":"queue_full"}}"#
        let server = try await SocketServer { _ in
            inStream
                ? SocketServer.events("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: \(envelope)\n\n")
                : [.head(429), .body(Array(envelope.utf8)), .end]
        }
        try await server.use { client in
            let error = await #expect(throws: CompletionError.self) {
                try await client.stream(Self.call) { _ in }
            }
            #expect(error?.code == "queue_full" && error?.message == "Full.")
            #expect(error?.status == (inStream ? 200 : 429))
        }
    }

    @Test("a stream that ends early is no answer, and no socket is an error that can be tried again")
    func broken() async throws {
        let server = try await SocketServer { _ in
            SocketServer.events("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n")
        }
        try await server.use { client in
            let error = await #expect(throws: CompletionError.self) {
                try await client.stream(Self.call) { _ in }
            }
            #expect(error?.code == "connection_lost")
        }
        try await withClient(path: "/nonexistent/x.sock") { client in
            let error = await #expect(throws: CompletionError.self) {
                try await client.stream(Self.call) { _ in }
            }
            #expect(error?.code == "unreachable")
        }
    }

    @Test("cancelling closes the connection, which ends the engine's work")
    func cancels() async throws {
        let server = try await SocketServer { _ in
            [.head(200), .body(Array("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".utf8))]
        }
        try await server.use { client in
            let said = Mailbox<Void>()
            let task = Task { try await client.stream(Self.call) { _ in said.put(()) } }
            try await said.next()
            task.cancel()
            try await server.requests.next().waitUntilClosed()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("as many streams at once as there are answers")
    func many() async throws {
        let server = try await SocketServer { _ in [.head(200), .body(Array(": x\n\n".utf8))] }
        try await server.use { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { try await client.stream(Self.call) { _ in } } }
                for _ in 0..<40 { _ = try await server.requests.next() }
                group.cancelAll()
                while let result = await group.nextResult() {
                    #expect(throws: CancellationError.self) { try result.get() }
                }
            }
        }
    }

    @Test("a question is with the engine within a moment of being sent")
    func latency() async throws {
        let server = try await SocketServer { _ in SocketServer.events("data: [DONE]\n\n") }
        try await server.use { client in
            let chatting = try Chatting()
            let site = TestSite(chatting, client: client)
            var times: [Duration] = []
            for number in 0..<60 {
                let body = #"{"model":"m","message":{"content":"Question \#(number) 模型"}}"#
                let start = ContinuousClock.now
                async let response = site.call("POST", "/api/chats", body)
                let request = try await server.requests.next()
                times.append(ContinuousClock.now - start)
                #expect(request.body.contains("Question \(number)"))
                _ = try await response
            }
            times.sort()
            print("from POST /api/chats to the engine: p50 \(times[30]), p95 \(times[57])")
        }
    }

    private static let call = CompletionCall(caller: "ann", model: "m", messages: [.init(.user, "hi")])

    private actor Collected {
        private(set) var events: [CompletionEvent] = []
        func add(_ more: [CompletionEvent]) { events += more }
    }
}

struct NoPeople: PersonDirectory {
    func person(_ account: String) async throws -> Person? { nil }
}

/// A client that is shut down at the end.
func withClient(path: String, _ body: (GatewayClient) async throws -> Void) async throws {
    let http = HTTPClient(configuration: GatewayClient.configuration)
    let result: Result<Void, any Error>
    do { result = .success(try await body(GatewayClient(http: http, socketPath: path))) } catch {
        result = .failure(error)
    }
    try await http.shutdown()
    try result.get()
}
