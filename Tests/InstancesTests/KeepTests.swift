import Foundation
import Instances
import TestSupport
import Testing

/// `pronk keep` from outside.
@Suite("Keep", .timeLimit(.minutes(1)))
struct KeepTests {
    private struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    /// - Parameter holdsLease: until the program has ended.
    private func keep(_ arguments: [String], holdsLease: Bool = true, signal: Int32? = nil) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: TestInstance.pronk)
        process.arguments = ["keep"] + arguments
        let lease = Pipe(), output = Pipe(), errors = Pipe()
        process.standardInput = lease
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        if !holdsLease { try lease.fileHandleForWriting.close() }
        return await blocking {
            var text = Data()
            if let signal {
                while !text.contains(10), case let more = output.fileHandleForReading.availableData, !more.isEmpty {
                    text += more
                }
                kill(process.processIdentifier, signal)
            }
            text += output.fileHandleForReading.readDataToEndOfFile()
            let said = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Outcome(
                status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
                errors: String(decoding: said, as: UTF8.self))
        }
    }

    @Test(
        "exits with the program's status, or 128 and its signal, and says nothing of its own",
        arguments: [("echo hello; exit 7", Int32(7)), ("echo hello; kill -9 $$", 137), ("echo hello", 0)])
    func status(script: String, status: Int32) async throws {
        let outcome = try await keep(["--", "/bin/sh", "-c", script])
        #expect(outcome.status == status)
        #expect(outcome.output == "hello\n" && outcome.errors == "")
    }

    @Test(
        "names a program that is not there or cannot be run",
        arguments: [("no-such-program", Int32(127)), ("/etc/passwd", 126)])
    func missing(program: String, status: Int32) async throws {
        let outcome = try await keep(["--", program])
        #expect(outcome.status == status)
        #expect(outcome.output == "" && outcome.errors.contains(program))
    }

    @Test("passes SIGTERM and SIGINT on", arguments: [SIGTERM, SIGINT])
    func signals(signal: Int32) async throws {
        let outcome = try await keep(
            [
                "--", "/bin/sh", "-c",
                "trap 'echo term; exit 5' TERM; trap 'echo int; exit 6' INT; echo ready; "
                    + "while true; do sleep 0.05; done",
            ],
            signal: signal)
        #expect(outcome.status == (signal == SIGTERM ? 5 : 6))
        #expect(outcome.output == (signal == SIGTERM ? "ready\nterm\n" : "ready\nint\n"))
    }

    @Test("a program whose lease is closed is asked to end, and gets time to")
    func lease() async throws {
        let outcome = try await keep(
            ["--", "/bin/sh", "-c", "trap 'sleep 0.1; echo done; exit 5' TERM; while true; do sleep 0.05; done"],
            holdsLease: false)
        #expect([5, 143].contains(outcome.status))
        // Asked before its trap was set, it ends by the signal.
        #expect(outcome.output == (outcome.status == 5 ? "done\n" : ""))
    }

    @Test("a program that takes more memory than it may, with its children, is killed, and told why")
    func memory() async throws {
        let child = "import time; a = bytearray(70 << 20); time.sleep(1000)"
        let outcome = try await keep(
            ["--memory", "100MB", "--", "/bin/sh", "-c", "setsid python3 -c \"$0\" & python3 -c \"$0\"", child])
        #expect(outcome.status == 137)
        #expect(outcome.errors.contains("may use 100000000"))
        let greedy = try await keep(["--memory", "50MB", "--", "python3", "-c", "a = bytearray(1 << 30)"])
        #expect(greedy.status == 1 && greedy.errors.contains("MemoryError"))
    }

    @Test("memory that its processes share counts once")
    func sharedMemory() async throws {
        let family = """
            import os, time
            a = bytearray(os.urandom(1 << 20) * 60)
            if os.fork() != 0: os.fork()
            time.sleep(1)
            """
        let outcome = try await keep(["--memory", "150MB", "--", "python3", "-c", family])
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome)")
    }

    @Test("a program starts clean: no core dumps, no input, no ignored signals, a session of its own")
    func clean() async throws {
        let outcome = try await keep(
            [
                "--", "/bin/sh", "-c",
                "ulimit -c; cat; awk '{print $1 == $6}' /proc/$$/stat; grep -E 'Sig(Blk|Ign)' /proc/self/status",
            ])
        // Signals from 32 on are the C library's own.
        #expect(outcome.output.contains(#/^0\n1\nSigBlk:\t0{16}\nSigIgn:\t0{8}[08]0{7}\n$/#), "\(outcome.output)")
    }
}
