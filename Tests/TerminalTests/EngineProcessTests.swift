import Synchronization
import Terminal
import Testing

@Suite("Engine process")
struct EngineProcessTests {
    @Test("ends the engine when its work is done: the lease is its standard input")
    func lease() async throws {
        let log = Mutex<[String]?>(nil)
        let value = try await EngineProcess.run("/bin/sh", arguments: ["-c", "cat; echo drained"]) { lines in
            log.withLock { $0 = lines }
        } body: { _ in
            7
        }
        #expect(value == 7)
        #expect(log.withLock { $0 } == ["drained"])
    }

    @Test("ends the engine after an error too, and passes the error on")
    func bodyThrows() async throws {
        let log = Mutex<[String]?>(nil)
        await #expect(throws: TerminalError(.system, "broken")) {
            try await EngineProcess.run("/bin/sh", arguments: ["-c", "cat; echo drained"]) { lines in
                log.withLock { $0 = lines }
            } body: { _ in
                throw TerminalError(.system, "broken")
            }
        }
        #expect(log.withLock { $0 } == ["drained"])
    }

    @Test("tells the last lines of an engine that ends by itself, from both its outputs")
    func lastWords() async throws {
        let (ends, continuation) = AsyncStream<[String]>.makeStream()
        let script = "for i in $(seq 100); do echo line $i; done; echo no such model >&2; exit 3"
        let words = try await EngineProcess.run("/bin/sh", arguments: ["-c", script]) { lines in
            continuation.yield(lines)
        } body: { _ in
            await ends.first { _ in true }
        }
        #expect(words?.count == 20)
        #expect(words?.last == "no such model")
    }

    @Test("says which program cannot be started")
    func missing() async throws {
        let error = await #expect(throws: TerminalError.self) {
            try await EngineProcess.run("/nonexistent/pronk", arguments: []) { _ in
            } body: { _ in
            }
        }
        #expect(error?.message.contains("/nonexistent/pronk") == true)
    }
}
